// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/converters/adc_metrics.h"

#include <limits>
#include <vector>

namespace aimc::converters {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr Extremes nowhere{{none, -1}, {none, -1}};
constexpr LineMetrics no_line{none, none, nowhere, nowhere, none};

/// Transition levels, and the outputs that an ideal converter would have there.
struct Levels {
    std::vector<double> t;  ///< [nominal counts] of codes first_code + 1 and up
    int first_code;
    CountAffine correction;  ///< of the outputs
    double early;            ///< [counts] 0.5 for a converter that rounds to nearest

    int code(std::size_t i) const { return first_code + 1 + static_cast<int>(i); }
    double target(std::size_t i) const  ///< [nominal counts]
    {
        return correction.scale * (code(i) - early) + correction.offset;
    }
};

/// What the curve is away from a line, in steps of the (corrected) counter.
Deviations deviations_of(const Levels& levels, double gain, double offset);

/// For two levels or more, not all at the same input.
LineMetrics end_point_line(const Levels& levels);
LineMetrics best_fit_line(const Levels& levels);

}  // namespace aimc::converters
