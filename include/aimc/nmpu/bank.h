// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/column_counters.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/nmpu/lane.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::nmpu {

/// What Lane does, for all columns of a vector in SIMD words of 32 bits: the same integers.
/// Products that are wider until they are cut (scales of 16 bits, counts of 23) have 64.
class Bank {
public:
    /// Whether all that the lane holds after the cut fits 32 bits, for counts below 2^count_bits in
    /// magnitude; wrapping outputs (overflow: wrap) are the lane's alone.
    static bool fits(const config::NmpuConfig& config, int scale_exponent,
                     const std::vector<AffineWords>& words, int count_bits);

    /// Of settings that fit.
    Bank(const config::NmpuConfig& config, int scale_exponent, config::Activation activation,
         const std::vector<AffineWords>& words, int count_bits, SimdLevel simd = best_simd_level());

    /// @param c_p, c_n    [cols] counts
    /// @param residual    [cols] raw, or nullptr
    /// @param y, partial  [cols] results
    /// @param counters    of as many columns; counts on
    /// @return            false: a count does not fit, and nothing was done
    bool process(const std::int32_t* c_p, const std::int32_t* c_n, const std::int16_t* residual,
                 std::int32_t* y, std::int32_t* partial, ColumnCounters& counters) const;

    /// round_shift() without a branch: which ties go up, as masks.
    struct Rounding {
        std::int32_t bits = 0;
        std::int32_t rest_mask = 0;
        std::int32_t half = 1;  ///< never met when nothing is to be rounded
        std::int32_t up_below = 0, up_above = 0, up_odd = 0;  ///< 0 or 1
    };
    /// What every column has in common.
    struct Common {
        std::int32_t takes_difference = 0;  ///< -1: c_n is subtracted before the product
        std::int32_t exponent = 0, cut = 0;
        Rounding of_branch, of_residual, of_y, of_partial;
        std::int32_t residual_up = 0, partial_up = 0;  ///< left shifts [bits]
        std::int32_t y_low = 0, y_high = 0, partial_low = 0, partial_high = 0;
        std::int32_t relu_low = 0, relu_high = 0;
    };

private:
    Common common_;
    bool is_wide_;  ///< products before the cut
    std::int32_t most_count_;
    SimdLevel simd_;
    std::vector<std::int32_t> s_p_, s_n_, offset_;  ///< [cols] offset: o_p - o_n, aligned
};

}  // namespace aimc::nmpu
