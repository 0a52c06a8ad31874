// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/histogram.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace aimc::report {
namespace {

using Counts = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  // number, how often

/// The middle of the bucket of a number, which is the number itself below 2 * steps.
std::uint64_t middle_of(std::uint64_t value)
{
    unsigned shift = 0;
    while ((value >> shift) >= 2 * Histogram::steps) { ++shift; }
    return ((value >> shift) << shift) + ((std::uint64_t{1} << shift) >> 1U);
}

/// The value whose rank is ceil(percent / 100 * n), counting from 1.
std::uint64_t nearest_rank(const Counts& sorted, std::uint64_t n, std::uint64_t percent)
{
    const std::uint64_t rank = std::max<std::uint64_t>(1, (n * percent + 99) / 100);
    std::uint64_t seen = 0;
    for (const auto& [value, count] : sorted) {
        seen += count;
        if (seen >= rank) { return value; }
    }
    return 0;
}

}  // namespace

void Histogram::book(std::uint64_t value, std::uint64_t count)
{
    if (count == 0) { return; }
    n_ += count;
    sum_ += value * count;  // whole numbers: the mean does not depend on the order
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    counts_[is_wide_ ? middle_of(value) : value] += count;
    if (!is_wide_ && counts_.size() > most_values) { widen(); }
}

void Histogram::widen()
{
    const auto exact = std::exchange(counts_, {});
    is_wide_ = true;
    for (const auto& [value, count] : exact) { counts_[middle_of(value)] += count; }
}

void Histogram::add(const Histogram& other)
{
    Histogram all = other;
    all.book(all.latest_, std::exchange(all.run_, 0));
    if (all.n_ == 0) { return; }
    n_ += all.n_;
    sum_ += all.sum_;
    min_ = std::min(min_, all.min_);
    max_ = std::max(max_, all.max_);
    if (all.is_wide_ && !is_wide_) { widen(); }
    for (const auto& [value, count] : all.counts_) {
        counts_[is_wide_ ? middle_of(value) : value] += count;
    }
    if (!is_wide_ && counts_.size() > most_values) { widen(); }
}

IntegerSummary Histogram::summary() const
{
    Histogram all;
    all.add(*this);
    IntegerSummary summary;
    if (all.n_ == 0) { return summary; }
    Counts sorted(all.counts_.begin(), all.counts_.end());
    std::sort(sorted.begin(), sorted.end());
    summary.min = all.min_;
    summary.max = all.max_;
    summary.p50 = std::clamp(nearest_rank(sorted, all.n_, 50), all.min_, all.max_);
    summary.p99 = std::clamp(nearest_rank(sorted, all.n_, 99), all.min_, all.max_);
    summary.mean = static_cast<double>(all.sum_) / static_cast<double>(all.n_);
    if (all.is_wide_ && summary.p99 >= 2 * steps) {
        summary.percentile_error = 0.5 / static_cast<double>(steps);
    }
    return summary;
}

}  // namespace aimc::report
