// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/exact_math.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace aimc {
namespace {

constexpr double ln2_high =
    0x1.62e42fefa3800p-1;  // the leading bits of ln 2: k * ln2_high is exact
constexpr double ln2_low = 0x1.ef35793c76730p-45;

template <std::size_t n>
double polynomial(const std::array<double, n>& c, double x)
{
    double sum = c[n - 1];
    for (std::size_t i = n - 1; i-- > 0;) { sum = sum * x + c[i]; }
    return sum;
}

}  // namespace

double exact_log(double x)
{
    int k = 0;
    double m = std::frexp(x, &k);  // exact: only the exponent is taken apart
    if (m < 0.70710678118654752) {
        m *= 2.0;
        --k;
    }
    // ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716
    const double s = (m - 1.0) / (m + 1.0);
    const double z = s * s;
    double series = 0.0;
    for (int n = 21; n >= 3; n -= 2) { series = (series + 1.0 / n) * z; }
    return k * ln2_high + (2.0 * (s + s * series) + k * ln2_low);
}

double exact_exp(double x)
{
    const double k = std::floor(x / (ln2_high + ln2_low) + 0.5);
    const double r = (x - k * ln2_high) - k * ln2_low;  // |r| <= 0.347
    double sum = 1.0;
    for (int n = 16; n >= 1; --n) { sum = 1.0 + sum * r / n; }
    return std::ldexp(sum, static_cast<int>(k));
}

double exact_pow(double x, double y) { return exact_exp(y * exact_log(x)); }

double round_half_even(double x)
{
    const double down = std::floor(x);
    const double rest = x - down;
    const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(down, 2.0) != 0.0);
    return up ? down + 1.0 : down;
}

double normal_quantile(double p)
{
    static constexpr std::array<double, 8> a{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                             1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                             4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                             3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static constexpr std::array<double, 8> b{1.0,
                                             4.2313330701600911252e+1,
                                             6.8718700749205790830e+2,
                                             5.3941960214247511077e+3,
                                             2.1213794301586595867e+4,
                                             3.9307895800092710610e+4,
                                             2.8729085735721942674e+4,
                                             5.2264952788528545610e+3};
    static constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                             5.76949722146069140550e0,  3.64784832476320460504e0,
                                             1.27045825245236838258e0,  2.41780725177450611770e-1,
                                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static constexpr std::array<double, 8> d{1.0,
                                             2.05319162663775882187e0,
                                             1.67638483018380384940e0,
                                             6.89767334985100004550e-1,
                                             1.48103976427480074590e-1,
                                             1.51986665636164571966e-2,
                                             5.47593808499534494600e-4,
                                             1.05075007164441684324e-9};
    static constexpr std::array<double, 8> e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                             1.78482653991729133580e0,  2.96560571828504891230e-1,
                                             2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static constexpr std::array<double, 8> f{1.0,
                                             5.99832206555887937690e-1,
                                             1.36929880922735805310e-1,
                                             1.48753612908506148525e-2,
                                             7.86869131145613259100e-4,
                                             1.84631831751005468180e-5,
                                             1.42151175831644588870e-7,
                                             2.04426310338993978564e-15};
    const double q = p - 0.5;
    if (std::fabs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(a, r) / polynomial(b, r);
    }
    const double tail = std::sqrt(-exact_log(q < 0.0 ? p : 1.0 - p));
    const double z = tail <= 5.0 ? polynomial(c, tail - 1.6) / polynomial(d, tail - 1.6)
                                 : polynomial(e, tail - 5.0) / polynomial(f, tail - 5.0);
    return q < 0.0 ? -z : z;
}

}  // namespace aimc
