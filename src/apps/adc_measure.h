// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/converters/adc_metrics.h"
#include "aimc/converters/adc_sine.h"
#include "aimc/converters/recorded_line.h"

#include "adc_command.h"

#include <cstddef>
#include <vector>

namespace aimc::apps {

/// One curve of a file, measured; inputs in the file's unit.
struct AdcCurve {
    std::size_t column;
    const char* polarity;  ///< pos | neg | both
    std::vector<converters::CountKnot> knots;
    converters::AdcMetrics before, after;  ///< the affine correction
    converters::CountAffine correction;    ///< NaN for a curve without a line
    converters::SineMetrics sine;
    converters::RecordedLine recorded;
    converters::LevelLine levels;
};

struct AdcCurves {
    std::vector<AdcCurve> curves;
    double nominal;  ///< [counts / input unit]
    converters::MetricsSummary before, after;
};

AdcCurves measure(const config::CurveFile& file, const AdcOptions& options);

}  // namespace aimc::apps
