// SPDX-License-Identifier: Apache-2.0
// Normals to seven digits, eight to a SIMD word: for those who round them and can tell when seven
// digits are too few.
#include "aimc/base/random.h"

#include "quantile.h"

#include <algorithm>
#include <cmath>

namespace aimc {
namespace {

constexpr std::size_t chunk = 32;  // words that share one look for far tails
/// p * 2^32 of the smaller side below which the fit ends, just inside w = 6.25: one word in 1,000.
constexpr std::int32_t far_tail = 2'076'000;
constexpr float middle_of_w = 3.125F;
constexpr float ln2 = 0.693147181F;

/// Choice: minimax fit of normal_quantile(p) / (2 p - 1) over w - 3.125, w = -ln 4 p (1 - p);
/// 5e-7 off at most. The logarithm makes one polynomial enough where AS 241 takes two ratios.
constexpr std::array<float, 8> quantile_fit{2.338621656e+00F,  3.396367832e-01F, -8.536428173e-03F,
                                            -1.050170516e-03F, 2.662241877e-04F, -1.862167548e-05F,
                                            -2.390459295e-06F, 4.603083313e-07F};
/// Choice: minimax fit of ln(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2); 1.3e-6 off at most, of which
/// a normal keeps a sixth.
constexpr std::array<float, 7> log_fit{-1.006533515e-06F, 1.000015882e+00F,  -4.998014061e-01F,
                                       3.321600968e-01F,  -2.552316600e-01F, 2.240970652e-01F,
                                       -1.424606148e-01F};

/// By Estrin: pairs that do not wait for each other, where Horner's rule is one long chain.
template <std::size_t n>
AIMC_ALWAYS_INLINE float polynomial(const std::array<float, n>& c, float x)
{
    static_assert(n == 7 || n == 8);
    const float x2 = x * x;
    const float low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    const float top = n == 8 ? c[6] + c[n - 1] * x : c[6];
    return low + (x2 * x2) * ((c[4] + c[5] * x) + top * x2);
}

/// ln(x / 2^62)
AIMC_ALWAYS_INLINE float near_log(float x)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    constexpr std::uint32_t root_half = 0x3f3504f3U;
    const std::uint32_t from_root = bits - root_half;
    const std::int32_t exponent = (static_cast<std::int32_t>(from_root) >> 23) - 62;
    const std::uint32_t mantissa = (from_root & 0x7fffffU) + root_half;
    float m = 0.0F;
    std::memcpy(&m, &mantissa, sizeof m);
    return static_cast<float>(exponent) * ln2 + polynomial(log_fit, m - 1.0F);
}

/// How far from the nearer end a word is, as a whole number below 2^31.
AIMC_ALWAYS_INLINE std::int32_t from_end(std::uint32_t word)
{
    return static_cast<std::int32_t>(std::min(word, ~word));
}

AIMC_ALWAYS_INLINE float near_normal(std::uint32_t word)
{
    const float p = static_cast<float>(from_end(word)) + 0.5F;  // of the smaller side, times 2^32
    const float d = -middle_of_w - near_log(p * (0x1p32F - p));
    const float x =  // 2 p - 1, times 2^31
        static_cast<float>(static_cast<std::int32_t>(word ^ 0x80000000U)) + 0.5F;
    return x * 0x1p-31F * polynomial(quantile_fit, d);
}

/// @param nearest  [n / chunk] how near to the ends the words of each chunk come
AIMC_ALWAYS_INLINE void near_body(const std::uint32_t* word, std::size_t n, float* z,
                                  std::int32_t* nearest)
{
    for (std::size_t first = 0; first < n; first += chunk) {
        std::int32_t least = far_tail;
        for (std::size_t i = first; i < first + chunk; ++i) {
            z[i] = near_normal(word[i]);
            least = std::min(least, from_end(word[i]));
        }
        nearest[first / chunk] = least;
    }
}
AIMC_SIMD_CLONES(near_normals_of, near_body,
                 (const std::uint32_t* word, std::size_t n, float* z, std::int32_t* nearest),
                 (word, n, z, nearest))

/// @param n  a multiple of chunk, at most `at_once`
constexpr std::size_t at_once = 8 * chunk;
void whole_chunks(const std::uint32_t* words, std::size_t n, SimdLevel simd, float* z)
{
    std::int32_t nearest[at_once / chunk];
    near_normals_of(simd)(words, n, z, nearest);
    for (std::size_t k = 0; k < n / chunk; ++k) {
        if (nearest[k] >= far_tail) { continue; }
        for (std::size_t i = k * chunk; i < (k + 1) * chunk; ++i) {
            if (from_end(words[i]) < far_tail) { z[i] = static_cast<float>(normal_of(words[i])); }
        }
    }
}

}  // namespace

void near_normals(const std::uint32_t* words, std::size_t n, SimdLevel simd, float* z)
{
    std::size_t done = 0;
    for (; done + chunk <= n;) {
        const std::size_t some = std::min(at_once, (n - done) / chunk * chunk);
        whole_chunks(words + done, some, simd, z + done);
        done += some;
    }
    if (done == n) { return; }
    std::uint32_t rest[chunk];
    float rest_z[chunk];
    std::fill(std::copy(words + done, words + n, rest), rest + chunk, 0x80000000U);  // not a tail
    whole_chunks(rest, chunk, simd, rest_z);
    std::copy_n(rest_z, n - done, z + done);
}

}  // namespace aimc
