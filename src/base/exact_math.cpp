// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/exact_math.h"

#include "quantile.h"

#include <array>
#include <cmath>

namespace aimc {

using detail::ln2_high;
using detail::ln2_low;
using detail::polynomial;

double exact_log(double x)
{
    int k = 0;
    const double m = std::frexp(x, &k);  // exact: only the exponent is taken apart
    return detail::log_of_parts(m, k);
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
    if (std::fabs(q) <= detail::quantile_middle) { return detail::middle_quantile(q); }
    const double tail = std::sqrt(-exact_log(q < 0.0 ? p : 1.0 - p));
    const double z = tail <= 5.0 ? detail::near_tail_quantile(tail)
                                 : polynomial(e, tail - 5.0) / polynomial(f, tail - 5.0);
    return q < 0.0 ? -z : z;
}

}  // namespace aimc
