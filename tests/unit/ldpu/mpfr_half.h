// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "half_meaning.h"

#include <mpfr.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace aimc::ldpu {

/// The operations by MPFR. An MPFR number is 0.1xxx * 2^e, so 2^-24 has e = -23 and 65504 has
/// e = 16; mpfr_subnormalize takes the bits that a subnormal does not have, without a second
/// rounding.
class MpfrHalf {
public:
    MpfrHalf() : emin_{mpfr_get_emin()}, emax_{mpfr_get_emax()}
    {
        for (auto* x : {a_, b_, c_, r_}) { mpfr_init2(x, 11); }
        mpfr_set_emin(-23);
        mpfr_set_emax(16);
    }
    ~MpfrHalf()
    {
        for (auto* x : {a_, b_, c_, r_}) { mpfr_clear(x); }
        mpfr_set_emin(emin_);
        mpfr_set_emax(emax_);
    }
    MpfrHalf(const MpfrHalf&) = delete;
    MpfrHalf& operator=(const MpfrHalf&) = delete;

    void set(double a, double b, double c)
    {
        mpfr_set_d(a_, a, MPFR_RNDN);
        mpfr_set_d(b_, b, MPFR_RNDN);
        mpfr_set_d(c_, c, MPFR_RNDN);
    }
    double fma() { return result(mpfr_fma(r_, a_, b_, c_, MPFR_RNDN)); }
    double add() { return result(mpfr_add(r_, a_, b_, MPFR_RNDN)); }
    double mul() { return result(mpfr_mul(r_, a_, b_, MPFR_RNDN)); }
    double from_double(double x) { return result(mpfr_set_d(r_, x, MPFR_RNDN)); }
    double from_int(std::int32_t x) { return result(mpfr_set_si(r_, x, MPFR_RNDN)); }
    /// The nearest integer, half even; `x` finite.
    double round(double x)
    {
        mpfr_set_d(a_, x, MPFR_RNDN);
        mpfr_rint(r_, a_, MPFR_RNDN);
        return mpfr_get_d(r_, MPFR_RNDN);
    }

private:
    double result(int ternary)
    {
        mpfr_subnormalize(r_, ternary, MPFR_RNDN);
        return mpfr_get_d(r_, MPFR_RNDN);
    }

    mpfr_exp_t emin_, emax_;
    mpfr_t a_, b_, c_, r_;
};

/// `meaning` of every word.
inline const std::vector<double>& values()
{
    static const std::vector<double> table = [] {
        std::vector<double> v(0x10000);
        for (unsigned bits = 0; bits < 0x10000; ++bits) { v[bits] = meaning(bits); }
        return v;
    }();
    return table;
}

inline bool agrees(Binary16 ours, double theirs)
{
    return std::isnan(theirs) ? ours == canonical_nan : same_double(values()[ours.bits], theirs);
}

}  // namespace aimc::ldpu
