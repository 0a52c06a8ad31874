// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

// The formulas behind exact_log and normal_quantile, to be inlined into loops over many numbers:
// no branch, only + - x / sqrt, so every vector width gives the same bits.
namespace aimc::detail {

constexpr double ln2_high =
    0x1.62e42fefa3800p-1;  // the leading bits of ln 2: k * ln2_high is exact
constexpr double ln2_low = 0x1.ef35793c76730p-45;

template <std::size_t n>
AIMC_ALWAYS_INLINE double polynomial(const std::array<double, n>& c, double x)
{
    double sum = c[n - 1];
    for (std::size_t i = n - 1; i-- > 0;) { sum = sum * x + c[i]; }
    return sum;
}

/// ln(m * 2^k) for 0.5 <= m < 1.
AIMC_ALWAYS_INLINE double log_of_parts(double m, double k)
{
    const bool low = m < 0.70710678118654752;
    m = low ? m * 2.0 : m;
    k = low ? k - 1.0 : k;
    // ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716
    const double s = (m - 1.0) / (m + 1.0);
    const double z = s * s;
    constexpr std::array<double, 11> odd{0.0,        1.0 / 3.0,  1.0 / 5.0,  1.0 / 7.0,
                                         1.0 / 9.0,  1.0 / 11.0, 1.0 / 13.0, 1.0 / 15.0,
                                         1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0};
    double series = 0.0;
    for (std::size_t i = odd.size() - 1; i >= 1; --i) { series = (series + odd[i]) * z; }
    return k * ln2_high + (2.0 * (s + s * series) + k * ln2_low);
}

/// ln x for a normal x > 0, its exponent taken from the bits.
AIMC_ALWAYS_INLINE double log_by_bits(double x)
{
    std::uint64_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    const std::uint64_t half = (bits & 0xfffffffffffffU) | 0x3fe0000000000000U;
    const std::uint64_t large = (bits >> 52U) | 0x4330000000000000U;  // 2^52 + exponent field
    double m = 0.0;
    double k = 0.0;
    std::memcpy(&m, &half, sizeof m);
    std::memcpy(&k, &large, sizeof k);
    return log_of_parts(m, k - (0x1p52 + 1022.0));
}

/// Half-width of the middle of the distribution, in which one ratio of polynomials is enough.
constexpr double quantile_middle = 0.425;

/// The quantile of p = 1/2 + q for |q| <= 0.425.
/// Source: Wichura88 (algorithm AS 241, PPND16).
AIMC_ALWAYS_INLINE double middle_quantile(double q)
{
    constexpr std::array<double, 8> a{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                      1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                      4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                      3.3430575583588128105e+4, 2.5090809287301226727e+3};
    constexpr std::array<double, 8> b{1.0,
                                      4.2313330701600911252e+1,
                                      6.8718700749205790830e+2,
                                      5.3941960214247511077e+3,
                                      2.1213794301586595867e+4,
                                      3.9307895800092710610e+4,
                                      2.8729085735721942674e+4,
                                      5.2264952788528545610e+3};
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
}

/// |quantile| for tail = sqrt(-ln p), p the smaller side, 0.075 > p > 1.4e-11 (tail <= 5).
AIMC_ALWAYS_INLINE double near_tail_quantile(double tail)
{
    constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                      5.76949722146069140550e0,  3.64784832476320460504e0,
                                      1.27045825245236838258e0,  2.41780725177450611770e-1,
                                      2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr std::array<double, 8> d{1.0,
                                      2.05319162663775882187e0,
                                      1.67638483018380384940e0,
                                      6.89767334985100004550e-1,
                                      1.48103976427480074590e-1,
                                      1.51986665636164571966e-2,
                                      5.47593808499534494600e-4,
                                      1.05075007164441684324e-9};
    return polynomial(c, tail - 1.6) / polynomial(d, tail - 1.6);
}

}  // namespace aimc::detail
