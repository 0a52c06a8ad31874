// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/aligned.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"

#include <cstddef>
#include <cstdint>

namespace aimc::schemes::detail {

/// Partial sums -> codes of the converters behind them, many columns at once:
///
///   code = round_half_even(clamp(gain * (s * largest_code / full_scale) + offset + noise))
///
/// Every step is one IEEE operation in this order; a sum on the middle of two codes is met exactly,
/// as s * largest_code is a whole number and is divided once.
class ConvertKernel {
public:
    struct Task {
        const std::uint32_t* sums;    ///< [rows x stride] partial sums, modulo 2^32
        std::size_t rows, stride;     ///< whole SIMD words per row
        const double *gain, *offset;  ///< [stride] of the physical columns
        const std::uint32_t* words;   ///< [rows x stride] of the noise; nullptr: none
    };
    ConvertKernel(const config::PimConfig& pim, SimdLevel simd);

    bool is_noisy() const { return sigma_ > 0.0; }
    /// @param z           room for the noise
    /// @param codes       [rows x stride] results
    /// @param over_range  counts converter inputs, noise apart, that lie more than half a step
    ///                    beyond the end codes
    void run(const Task& task, AlignedVector<float>& z, std::int32_t* codes,
             std::uint64_t& over_range) const;

private:
    void convert_exactly(const Task& task, std::size_t row, std::int32_t* codes) const;

    double least_, most_, full_scale_, sigma_;
    SimdLevel simd_;
};

/// to[i] += factor * codes[i]
void add_codes(SimdLevel simd, const std::int32_t* codes, std::int32_t factor, std::size_t n,
               std::int32_t* to);

}  // namespace aimc::schemes::detail
