// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/converters/adc_metrics.h"

#include <cstddef>
#include <limits>
#include <vector>

namespace aimc::converters {

/// Least-squares line of the recorded codes against their inputs, counts = gain * input + offset:
/// what a loader can check without any assumption about what lies between two points.
/// Not a number for fewer than two points.
struct RecordedLine {
    std::size_t points = 0;
    double gain;                        ///< [counts / input unit]
    double offset;                      ///< [counts]
    double residual_min, residual_max;  ///< [counts] code - line
};

/// Over the points strictly inside the code range (first code < code < last code, of all points)
/// whose input is below `input_below`.
RecordedLine recorded_line(const std::vector<CountKnot>& points,
                           double input_below = std::numeric_limits<double>::infinity());

/// The points taken as transition levels T(code), for tables that give an input per code: how far
/// the levels are from a line of T over code, in counts. Positive: the level comes late, so the
/// sign is that of data sheets and opposite to the one of LineMetrics. Best fit: the squares of the
/// level errors are least, not those of the code errors as in LineMetrics.
struct LevelLine {
    std::size_t points = 0;
    double end_point_min, end_point_max;  ///< [counts]
    double best_fit_min, best_fit_max;    ///< [counts]
};

/// Over the points whose neighbours have other codes (a repeated code is a flat end, not a level).
/// @param points  in order of input
LevelLine level_line(const std::vector<CountKnot>& points);

}  // namespace aimc::converters
