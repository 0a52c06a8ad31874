// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/run_result.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace aimc::report {

namespace {

/// The value whose rank is ceil(percent / 100 * n), counting from 1.
std::uint64_t nearest_rank(const std::map<std::uint64_t, std::uint64_t>& histogram, std::uint64_t n,
                           std::uint64_t percent)
{
    const std::uint64_t rank = std::max<std::uint64_t>(1, (n * percent + 99) / 100);
    std::uint64_t seen = 0;
    for (const auto& [value, count] : histogram) {
        seen += count;
        if (seen >= rank) { return value; }
    }
    return 0;
}

}  // namespace

IntegerSummary summarise(const std::vector<std::uint64_t>& values)
{
    IntegerSummary summary;
    if (values.empty()) { return summary; }
    std::map<std::uint64_t, std::uint64_t> histogram;
    std::uint64_t sum = 0;  // whole numbers: the mean does not depend on the order
    for (const std::uint64_t value : values) {
        ++histogram[value];
        sum += value;
    }
    summary.min = histogram.begin()->first;
    summary.max = histogram.rbegin()->first;
    summary.p50 = nearest_rank(histogram, values.size(), 50);
    summary.p99 = nearest_rank(histogram, values.size(), 99);
    summary.mean = static_cast<double>(sum) / static_cast<double>(values.size());
    return summary;
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
