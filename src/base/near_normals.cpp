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

/// Choice: minimax fit of normal_quantile(p) / (2 p - 1) over w - 3.125, w = -ln 4 p (1 - p);
/// 8e-8 off at most. The logarithm makes one polynomial enough where AS 241 takes two ratios.
constexpr std::array<float, 10> quantile_fit{
    2.338620869e+00F,  3.396347544e-01F,  -8.533752504e-03F, -1.047228359e-03F, 2.648151787e-04F,
    -1.974185440e-05F, -2.154159969e-06F, 6.160150960e-07F,  -1.234322604e-08F, -7.155814441e-09F};
/// Choice: minimax fit of ln(1 + f) / f for sqrt(1/2) <= 1 + f < sqrt(2); 3e-8 off at most.
constexpr std::array<float, 9> log_fit{9.999999742e-01F,  -4.999998797e-01F, 3.333418563e-01F,
                                       -2.500207383e-01F, 1.995683313e-01F,  -1.656239818e-01F,
                                       1.495227610e-01F,  -1.436681147e-01F, 8.722290883e-02F};

/// By Estrin: pairs that do not wait for each other, where Horner's rule is one long chain.
template <std::size_t n>
AIMC_ALWAYS_INLINE float polynomial(const std::array<float, n>& c, float x)
{
    static_assert(n == 9 || n == 10);
    const float x2 = x * x;
    const float x4 = x2 * x2;
    const float low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    const float high = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;
    const float top = n == 10 ? c[8] + c[n - 1] * x : c[8];
    return low + x4 * (high + x4 * top);
}

AIMC_ALWAYS_INLINE float near_log(float x)
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    constexpr std::uint32_t root_half = 0x3f3504f3U;
    const std::uint32_t from_root = bits - root_half;
    const auto exponent = static_cast<float>(static_cast<std::int32_t>(from_root) >> 23);
    const std::uint32_t mantissa = (from_root & 0x7fffffU) + root_half;
    float m = 0.0F;
    std::memcpy(&m, &mantissa, sizeof m);
    const float f = m - 1.0F;
    return exponent * 0.693147181F + f * polynomial(log_fit, f);
}

/// How far from the nearer end a word is, as a whole number below 2^31.
AIMC_ALWAYS_INLINE std::int32_t from_end(std::uint32_t word)
{
    return static_cast<std::int32_t>(std::min(word, ~word));
}

AIMC_ALWAYS_INLINE float near_normal(std::uint32_t word)
{
    const float p = (static_cast<float>(from_end(word)) + 0.5F) * 0x1p-32F;  // of the smaller side
    const float w = -near_log(4.0F * (p * (1.0F - p)));
    const auto centred = static_cast<std::int32_t>(word ^ 0x80000000U);
    const float x = (static_cast<float>(centred) + 0.5F) * 0x1p-31F;  // 2 p - 1
    return x * polynomial(quantile_fit, w - middle_of_w);
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
    std::uint32_t rest[chunk] = {};
    float rest_z[chunk];
    std::copy(words + done, words + n, rest);
    whole_chunks(rest, chunk, simd, rest_z);
    std::copy_n(rest_z, n - done, z + done);
}

}  // namespace aimc
