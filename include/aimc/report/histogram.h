// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace aimc::report {

/// Summary of a distribution of whole numbers. Percentiles by nearest rank.
struct IntegerSummary {
    std::uint64_t min = 0, p50 = 0, p99 = 0, max = 0;
    double mean = 0.0;
    /// By how much of its value a percentile may be off; 0: exact. All else is exact in any case.
    double percentile_error = 0.0;
};

/// How often each whole number came up, in memory that does not grow with how many there were.
///
/// Exact up to `most_values` different numbers. With more, numbers from 2 * steps on share buckets:
/// `steps` of equal width between two powers of two, each named by its middle, so that a percentile
/// is off by at most 1 / (2 steps) of its value. What comes out depends on the numbers only, not on
/// their order or on which histograms they came by.
/// Choice: 16,384 numbers (under 1 MB) and 1,024 steps (0.05 %, 55,000 buckets at the very most).
class Histogram {
public:
    static constexpr std::size_t most_values = 16384;
    static constexpr unsigned step_bits = 10;
    static constexpr std::uint64_t steps = std::uint64_t{1} << step_bits;

    void add(std::uint64_t value)
    {
        if (value != latest_) {
            book(latest_, run_);
            latest_ = value;
            run_ = 0;
        }
        ++run_;
    }
    void add(const Histogram& other);
    IntegerSummary summary() const;

private:
    void book(std::uint64_t value, std::uint64_t count);
    void widen();

    std::unordered_map<std::uint64_t, std::uint64_t> counts_;  ///< by number, or middle of a bucket
    bool is_wide_ = false;
    std::uint64_t n_ = 0, sum_ = 0, min_ = ~std::uint64_t{0}, max_ = 0;
    std::uint64_t latest_ = 0, run_ = 0;  ///< not booked yet: mostly the next one is the same
};

}  // namespace aimc::report
