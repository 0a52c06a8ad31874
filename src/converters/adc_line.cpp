// SPDX-License-Identifier: Apache-2.0
#include "adc_line.h"

#include <cmath>

namespace aimc::converters {
namespace {

Extremes extremes_of(const std::vector<double>& values, int first_code)
{
    Extremes e = nowhere;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Extreme here{values[i], first_code + static_cast<int>(i)};
        if (e.min.code < 0 || here.value < e.min.value) { e.min = here; }
        if (e.max.code < 0 || here.value > e.max.value) { e.max = here; }
    }
    return e;
}

double rms(const std::vector<double>& values)
{
    double sum = 0.0;
    for (const double v : values) { sum += v * v; }
    return std::sqrt(sum / static_cast<double>(values.size()));
}

LineMetrics line_metrics(const Levels& levels, double gain, double offset)
{
    const Deviations d = deviations_of(levels, gain, offset);
    return {gain, offset, extremes_of(d.inl, levels.code(0)), extremes_of(d.dnl, levels.code(0)),
            rms(d.inl)};
}

}  // namespace

Deviations deviations_of(const Levels& levels, double gain, double offset)
{
    const double step = levels.correction.scale;
    Deviations d;
    for (std::size_t i = 0; i < levels.t.size(); ++i) {
        d.inl.push_back((levels.target(i) - (gain * levels.t[i] + offset)) / step);
        if (i > 0) { d.dnl.push_back((levels.t[i] - levels.t[i - 1]) * gain / step - 1.0); }
    }
    return d;
}

LineMetrics end_point_line(const Levels& levels)
{
    const std::size_t last = levels.t.size() - 1;
    const double gain = (levels.target(last) - levels.target(0)) / (levels.t[last] - levels.t[0]);
    return line_metrics(levels, gain, levels.target(0) - gain * levels.t[0]);
}

LineMetrics best_fit_line(const Levels& levels)
{
    const auto n = static_cast<double>(levels.t.size());
    double mean_t = 0.0;
    for (const double t : levels.t) { mean_t += t / n; }
    const double mean_y = (levels.target(0) + levels.target(levels.t.size() - 1)) / 2.0;
    double tt = 0.0;
    double ty = 0.0;
    for (std::size_t i = 0; i < levels.t.size(); ++i) {
        const double from_mean = levels.t[i] - mean_t;
        tt += from_mean * from_mean;
        ty += from_mean * (levels.target(i) - mean_y);
    }
    const double gain = ty / tt;
    return line_metrics(levels, gain, mean_y - gain * mean_t);
}

}  // namespace aimc::converters
