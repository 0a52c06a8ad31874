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

/// What of its blocks a run of reads asks for, block by block.
class Walk {
public:
    Walk(const Place& place, ColumnSpan columns)
        : place_(place),
          first_block_(columns.first / 4),
          per_read_((columns.first + columns.n - 1) / 4 - columns.first / 4 + 1),
          skip_(columns.first % 4),
          end_(columns.first % 4 + columns.n)
    {
    }
    std::size_t blocks_per_read() const { return per_read_; }
    void set_counter(detail::PhiloxCounters& counters, std::size_t i) const
    {
        const std::uint64_t read = place_.read + read_;
        counters.a[i] = first_block_ + static_cast<std::uint32_t>(block_);
        counters.b[i] = place_.row | static_cast<std::uint32_t>(place_.lane) << 16U;
        counters.c[i] = static_cast<std::uint32_t>(read);
        counters.d[i] = static_cast<std::uint32_t>(place_.purpose) << 24U |
                        static_cast<std::uint32_t>(place_.tile) << 8U |
                        (static_cast<std::uint32_t>(read >> 32U) & 0xffU);
    }
    void take(const double* z, std::size_t stride, double* out) const
    {
        const std::size_t column = 4 * block_;  // counted from that of the first block
        double* row = out + read_ * stride;
        if (column >= skip_ && column + 4 <= end_) {
            std::copy_n(z, 4, row + (column - skip_));
            return;
        }
        for (std::size_t c = std::max(column, skip_); c < std::min(column + 4, end_); ++c) {
            row[c - skip_] = z[c - column];
        }
    }
    void next()
    {
        if (++block_ < per_read_) { return; }
        block_ = 0;
        ++read_;
    }

private:
    Place place_;
    std::uint32_t first_block_;
    std::size_t per_read_, skip_, end_;
    std::size_t block_ = 0, read_ = 0;
};

}  // namespace

void normals(const Place& place, std::size_t n_reads, ColumnSpan columns, SimdLevel simd,
             std::size_t stride, double* out)
{
    if (columns.n == 0) { return; }
    const auto philox = detail::philox_for(simd);
    const auto to_normals = normals_of(simd);
    const detail::PhiloxKey key{static_cast<std::uint32_t>(place.seed),
                                static_cast<std::uint32_t>(place.seed >> 32U)};
    Walk asking(place, columns);
    Walk taking(place, columns);
    const std::size_t n_blocks = n_reads * asking.blocks_per_read();
    detail::PhiloxCounters counters{};
    std::uint32_t word[values];
    double z[values];
    for (std::size_t done = 0; done < n_blocks; done += detail::philox_lanes) {
        const std::size_t n = std::min(detail::philox_lanes, n_blocks - done);
        for (std::size_t i = 0; i < n; ++i, asking.next()) { asking.set_counter(counters, i); }
        const std::size_t whole = (n + simd_word - 1) / simd_word * simd_word;
        philox(counters, whole, key, word);
        to_normals(word, 4 * whole, z);
        for (std::size_t i = 0; i < n; ++i, taking.next()) { taking.take(z + 4 * i, stride, out); }
    }
}

}  // namespace aimc
