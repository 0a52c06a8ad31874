// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/run_result.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aimc::report {

IntegerSummary summarise(const std::vector<std::uint64_t>& values)
{
    Histogram all;
    for (const std::uint64_t value : values) { all.add(value); }
    return all.summary();
}

double MvmError::sqnr_db() const
{
    return rel_l2 > 0.0 ? -20.0 * std::log10(rel_l2) : std::numeric_limits<double>::infinity();
}

double MvmError::enob() const { return (sqnr_db() - 1.76) / 6.02; }

void ErrorMeter::add(double y, double ref)
{
    const double error = y - ref;
    error2_ += error * error;
    ref2_ += ref * ref;
    max_ = std::max(max_, std::abs(error));
    ++n_;
}

void add_squares(ErrorMeter& a, const ErrorMeter::Squares& of_a, ErrorMeter& b,
                 const ErrorMeter::Squares& of_b, std::size_t n)
{
    double error2_a = a.error2_;
    double ref2_a = a.ref2_;
    double error2_b = b.error2_;
    double ref2_b = b.ref2_;
    for (std::size_t i = 0; i < n; ++i) {
        error2_a += of_a.error2[i];
        ref2_a += of_a.ref2[i];
        error2_b += of_b.error2[i];
        ref2_b += of_b.ref2[i];
    }
    a.error2_ = error2_a;
    a.ref2_ = ref2_a;
    b.error2_ = error2_b;
    b.ref2_ = ref2_b;
    a.n_ += n;
    b.n_ += n;
}

MvmError ErrorMeter::result() const
{
    MvmError error;
    if (n_ == 0) { return error; }
    // an error against a reference that is zero throughout has no relative size
    error.rel_l2 = ref2_ > 0.0     ? std::sqrt(error2_ / ref2_)
                   : error2_ > 0.0 ? std::numeric_limits<double>::infinity()
                                   : 0.0;
    error.rmse_lsb = std::sqrt(error2_ / static_cast<double>(n_));
    error.max_abs_lsb = max_;
    return error;
}

}  // namespace aimc::report
