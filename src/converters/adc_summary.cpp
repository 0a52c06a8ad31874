// SPDX-License-Identifier: Apache-2.0
#include "adc_line.h"

#include <algorithm>
#include <cmath>

namespace aimc::converters {

MinMeanMax min_mean_max(const std::vector<double>& values)
{
    MinMeanMax all{none, none, none};
    double sum = 0.0;
    double n = 0.0;
    for (const double v : values) {
        if (std::isnan(v)) { continue; }
        all.min = n == 0.0 ? v : std::min(all.min, v);
        all.max = n == 0.0 ? v : std::max(all.max, v);
        sum += v;
        n += 1.0;
    }
    if (n > 0.0) { all.mean = sum / n; }
    return all;
}

MetricsSummary summarise(const std::vector<AdcMetrics>& columns)
{
    const auto over = [&](auto&& pick) {
        std::vector<double> values;
        values.reserve(columns.size());
        for (const AdcMetrics& m : columns) { values.push_back(pick(m)); }
        return min_mean_max(values);
    };
    const auto lines = [&](LineMetrics AdcMetrics::*line) {
        return LineSummary{
            over([&](const auto& m) { return (m.*line).gain; }),
            over([&](const auto& m) { return (m.*line).offset; }),
            over([&](const auto& m) { return std::fabs((m.*line).inl.largest().value); }),
            over([&](const auto& m) { return std::fabs((m.*line).dnl.largest().value); }),
            over([&](const auto& m) { return (m.*line).inl_rms; })};
    };
    MetricsSummary s;
    s.columns = columns.size();
    s.not_monotone = static_cast<std::size_t>(std::count_if(
        columns.begin(), columns.end(), [](const AdcMetrics& m) { return !m.monotone; }));
    s.end_point = lines(&AdcMetrics::end_point);
    s.best_fit = lines(&AdcMetrics::best_fit);
    s.missing_codes =
        over([](const auto& m) { return std::isnan(m.enob) ? none : double(m.missing_codes); });
    s.enob = over([](const auto& m) { return m.enob; });
    return s;
}

}  // namespace aimc::converters
