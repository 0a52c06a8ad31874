// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/converters/curves.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

// Transfer curves as the time-resolved read of a block of columns wants them.
namespace aimc::converters::detail {

/// Where the rate of one counter bends or jumps: from here on it is higher by
/// jump + bend * (current beyond `at`).
struct Corner {
    std::int32_t at = 0;  ///< current that is the first beyond it, with its sign
    double bend = 0.0;    ///< [2^-fraction counts / cycle per grid step] whole
    double jump = 0.0;    ///< [2^-fraction counts / cycle] whole
};

/// The rate of one counter against the signed current, for the counter that runs above (c+) or
/// below (c-) the dead band.
struct SignedCurve {
    double everywhere = 0.0;      ///< rate at all currents; corners add to it
    std::vector<Corner> corners;  ///< away from zero
};
SignedCurve rising_curve(const CurveTable& table, std::size_t column, bool one_phase,
                         std::int32_t deadband);
SignedCurve falling_curve(const CurveTable& table, std::size_t column, std::int32_t deadband);

/// The corners of one counter of all columns, by blocks. Corners close to each other share an
/// ordinal, so that a block meets few of them; a column without one has a corner that adds nothing.
struct WaveCorners {
    std::size_t stride = 0;  ///< ordinals per block, whole SIMD words; the last no current passes
    /// [blocks x stride x 16] in 2^-step_bits of the grid: the last current that is not beyond
    std::vector<std::int32_t> level;
    std::vector<double> bend, jump;               ///< [blocks x stride x 16]
    std::vector<std::int32_t> nearest, farthest;  ///< [blocks x stride] level of its columns
};
/// @param curves  [columns]   @param rising  whether counts grow with the signed current
WaveCorners gather_corners(const std::vector<SignedCurve>& curves, std::size_t stride, bool rising);

}  // namespace aimc::converters::detail
