// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/column_counters.h"
#include "aimc/base/simd.h"
#include "aimc/ldpu/lane.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::ldpu {

/// What process_column() does, for all columns of a vector in SIMD words: the same words.
///
/// Every binary16 is a double, so is the product of two, and so nearly is its sum with a third that
/// rounding it to binary16 is one rounding (bank.cpp says why).
/// Needs a processor that rounds to nearest, ties to even, as all of this program does.
class Bank {
public:
    /// @throws std::invalid_argument  as process_column()
    Bank(const std::vector<AffineWords16>& words, const LaneSettings& settings,
         SimdLevel simd = best_simd_level());

    /// @param c_p, c_n    [cols] counts
    /// @param residual    [cols] raw words, or nullptr: nothing is added, not even +0
    /// @param y, partial  [cols] results
    /// @param counters    of as many columns; counts on
    void process(const std::int32_t* c_p, const std::int32_t* c_n, const std::int16_t* residual,
                 std::int32_t* y, std::int32_t* partial, ColumnCounters& counters) const;

    /// What every column has in common; exact.
    struct Common {
        double per_count = 1.0, per_residual = 1.0;  ///< 2^-fraction
        double partial_scale = 1.0, partial_top = 0.0;
        double y_top = 0.0;
        double clip = 0.0;
        bool relu = false;
    };

private:
    Common common_;
    SimdLevel simd_;
    std::vector<double> s_p_, minus_s_n_, offset_, gamma_, beta_;  ///< [cols]
};

}  // namespace aimc::ldpu
