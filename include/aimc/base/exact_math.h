// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aimc {

/// The transcendental functions of the device physics, from + - x / and sqrt only.
///
/// libm's log, exp and pow differ between C libraries in the last bit, and one bit is enough to
/// move a conductance to the next step of the grid. These give the same double wherever IEEE 754
/// holds (and -ffp-contract=off). Relative error below 1e-14; tests measure it.
double exact_log(double x);            ///< natural logarithm, x > 0 and normal
double exact_exp(double x);            ///< e^x, |x| <= 700
double exact_pow(double x, double y);  ///< x^y, x > 0

/// Nearest whole number, ties to even, whatever rounding mode the processor is in. NaN stays NaN.
double round_half_even(double x);

/// Inverse of the standard normal distribution, for 0 < p < 1.
/// Source: Wichura88 (algorithm AS 241, PPND16), relative accuracy about 1e-16.
double normal_quantile(double p);

}  // namespace aimc
