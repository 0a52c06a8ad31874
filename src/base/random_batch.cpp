// SPDX-License-Identifier: Apache-2.0
// Normals by the thousand: Philox and the quantile over many places at once.
#include "aimc/base/random.h"

#include "philox_batch.h"
#include "quantile.h"

#include <algorithm>
#include <cmath>

namespace aimc {
namespace {

constexpr std::size_t values = 4 * detail::philox_lanes;  ///< normals at once
constexpr std::size_t simd_word = detail::philox_word;

/// How far from 1/2 a word is, as p - 1/2 = (centred + 1/2) / 2^32; exact, and signed words convert
/// fast.
AIMC_ALWAYS_INLINE constexpr double centre(std::uint32_t word)
{
    return (static_cast<std::int32_t>(word ^ 0x80000000U) + 0.5) * 0x1p-32;
}

/// Whether the ratio of the middle does not hold: |p - 1/2| > 0.425, on the words themselves.
constexpr bool is_in_tail(std::uint32_t word) { return word - 322122547U >= 3650722202U; }
constexpr bool is_beyond_middle(std::uint32_t word)
{
    return centre(word) > detail::quantile_middle || centre(word) < -detail::quantile_middle;
}
static_assert(is_in_tail(322122546U) && is_beyond_middle(322122546U));
static_assert(!is_in_tail(322122547U) && !is_beyond_middle(322122547U));
static_assert(!is_in_tail(3972844748U) && !is_beyond_middle(3972844748U));
static_assert(is_in_tail(3972844749U) && is_beyond_middle(3972844749U));

AIMC_ALWAYS_INLINE void centre_body(const std::uint32_t* word, std::size_t n, double* q)
{
    for (std::size_t i = 0; i < n; ++i) { q[i] = centre(word[i]); }
}

AIMC_ALWAYS_INLINE void middle_body(const double* q, std::size_t n, double* z)
{
    for (std::size_t i = 0; i < n; ++i) { z[i] = detail::middle_quantile(q[i]); }
}

/// 32 random bits end at p = 2^-33, where sqrt(-ln p) = 4.78: the far tail is never met.
AIMC_ALWAYS_INLINE void tail_body(double* q, std::size_t n)
{
    for (std::size_t i = 0; i < n; ++i) {
        const double at = q[i];
        const double p = at < 0.0 ? at + 0.5 : 1.0 - (at + 0.5);
        const double z = detail::near_tail_quantile(std::sqrt(-detail::log_by_bits(p)));
        q[i] = at < 0.0 ? -z : z;
    }
}

/// @param n  a multiple of simd_word
AIMC_ALWAYS_INLINE void normals_body(const std::uint32_t* word, std::size_t n, double* z)
{
    double q[values];
    centre_body(word, n, q);
    middle_body(q, n, z);
    // 15 % lie in the tails: gathered, so that the logarithms fill whole SIMD words
    double tail[values];
    std::uint16_t where[values];
    std::size_t n_tails = 0;
    for (std::size_t i = 0; i < n; ++i) {
        where[n_tails] = static_cast<std::uint16_t>(i);
        n_tails += is_in_tail(word[i]);
    }
    for (std::size_t i = 0; i < n_tails; ++i) { tail[i] = q[where[i]]; }
    std::size_t whole = n_tails;
    while (whole % simd_word != 0) { tail[whole++] = 0.45; }
    tail_body(tail, whole);
    for (std::size_t i = 0; i < n_tails; ++i) { z[where[i]] = tail[i]; }
}
AIMC_SIMD_CLONES(normals_of, normals_body, (const std::uint32_t* word, std::size_t n, double* z),
                 (word, n, z))

constexpr std::uint32_t per_block = 4;  // words of a Philox block

/// Blocks first .. first + n - 1 of one read.
void set_counters(const Place& place, std::uint64_t read, std::uint32_t first, std::size_t n,
                  detail::PhiloxCounters& counters)
{
    const std::uint32_t b = place.row | static_cast<std::uint32_t>(place.lane) << 16U;
    const auto c = static_cast<std::uint32_t>(read);
    const std::uint32_t d = static_cast<std::uint32_t>(place.purpose) << 24U |
                            static_cast<std::uint32_t>(place.tile) << 8U |
                            (static_cast<std::uint32_t>(read >> 32U) & 0xffU);
    for (std::size_t i = 0; i < n; ++i) {
        counters.a[i] = first + static_cast<std::uint32_t>(i);
        counters.b[i] = b;
        counters.c[i] = c;
        counters.d[i] = d;
    }
}

}  // namespace

void random_words(const Place& place, std::size_t n_reads, ColumnSpan columns, SimdLevel simd,
                  std::size_t stride, std::uint32_t* out)
{
    if (columns.n == 0) { return; }
    const auto philox = detail::philox_for(simd);
    const detail::PhiloxKey key{static_cast<std::uint32_t>(place.seed),
                                static_cast<std::uint32_t>(place.seed >> 32U)};
    const std::uint32_t first_block = columns.first / per_block;
    const std::uint32_t n_blocks = (columns.first + columns.n - 1) / per_block - first_block + 1;
    const std::size_t skip = columns.first % per_block;
    detail::PhiloxCounters counters{};
    std::uint32_t word[values];
    for (std::size_t k = 0; k < n_reads; ++k) {
        std::uint32_t* row = out + k * stride;
        for (std::uint32_t done = 0; done < n_blocks; done += detail::philox_lanes) {
            const std::size_t n = std::min<std::size_t>(detail::philox_lanes, n_blocks - done);
            const std::size_t whole = (n + simd_word - 1) / simd_word * simd_word;
            set_counters(place, place.read + k, first_block + done, whole, counters);
            philox(counters, whole, key, word);
            // words from .. to of all blocks of the read are those of the columns
            const std::size_t from = std::max<std::size_t>(per_block * done, skip);
            const std::size_t to = std::min(per_block * (done + n), skip + columns.n);
            std::copy(word + (from - per_block * done), word + (to - per_block * done),
                      row + (from - skip));
        }
    }
}

void normals(const Place& place, std::size_t n_reads, ColumnSpan columns, SimdLevel simd,
             std::size_t stride, double* out)
{
    const auto to_normals = normals_of(simd);
    std::uint32_t word[values];
    for (std::size_t k = 0; k < n_reads; ++k) {
        Place read = place;
        read.read += k;
        for (std::uint32_t done = 0; done < columns.n; done += values) {
            const std::uint32_t n = std::min<std::uint32_t>(values, columns.n - done);
            random_words(read, 1, {columns.first + done, n}, simd, n, word);
            const std::size_t whole = (n + simd_word - 1) / simd_word * simd_word;
            double z[values];
            std::fill(word + n, word + whole, 0x80000000U);
            to_normals(word, whole, z);
            std::copy_n(z, n, out + k * stride + done);
        }
    }
}

}  // namespace aimc
