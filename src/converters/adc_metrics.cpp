// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/adc_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aimc::converters {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr LineMetrics no_line{none, none, {none, -1}, {none, -1}, none};
constexpr double counter_bias = 0x1p-10;  // of CcoAdc

int code_of(double counts) { return static_cast<int>(std::floor(counts + counter_bias)); }

void keep_larger(LineMetrics::Extreme& extreme, double value, int code)
{
    if (extreme.code < 0 || std::fabs(value) > std::fabs(extreme.value)) {
        extreme = {value, code};
    }
}

/// What the curve is away from its line, in steps of the counter.
/// @param t  transition levels in nominal counts, of codes first_code + 1 and up
LineMetrics deviations(const std::vector<double>& t, int first_code, double gain, double offset)
{
    LineMetrics line{gain, offset, {0.0, -1}, {0.0, -1}, 0.0};
    double sum = 0.0;
    for (std::size_t i = 0; i < t.size(); ++i) {
        const int code = first_code + 1 + static_cast<int>(i);
        const double e = code - (gain * t[i] + offset);
        sum += e * e;
        keep_larger(line.inl, e, code);
        if (i + 1 < t.size()) { keep_larger(line.dnl, (t[i + 1] - t[i]) * gain - 1.0, code); }
    }
    line.inl_rms = std::sqrt(sum / static_cast<double>(t.size()));
    return line;
}

LineMetrics end_point_line(const std::vector<double>& t, int first_code)
{
    const double gain = static_cast<double>(t.size() - 1) / (t.back() - t.front());
    return deviations(t, first_code, gain, first_code + 1 - gain * t.front());
}

LineMetrics best_fit_line(const std::vector<double>& t, int first_code)
{
    const auto n = static_cast<double>(t.size());
    double mean_t = 0.0;
    for (const double level : t) { mean_t += level / n; }
    const double mean_k = first_code + (n + 1.0) / 2.0;
    double tt = 0.0;
    double tk = 0.0;
    for (std::size_t i = 0; i < t.size(); ++i) {
        const double k = first_code + 1.0 + static_cast<double>(i);
        tt += (t[i] - mean_t) * (t[i] - mean_t);
        tk += (t[i] - mean_t) * (k - mean_k);
    }
    const double gain = tk / tt;
    return deviations(t, first_code, gain, mean_k - gain * mean_t);
}

}  // namespace

std::vector<double> transition_levels(const std::vector<CountKnot>& knots)
{
    std::vector<double> levels;
    if (knots.empty()) { return levels; }
    int reached = code_of(knots.front().counts);
    for (std::size_t j = 1; j < knots.size(); ++j) {
        const CountKnot& from = knots[j - 1];
        const CountKnot& to = knots[j];
        for (const int end = code_of(to.counts); reached < end;) {
            ++reached;
            const double share = (reached - from.counts) / (to.counts - from.counts);
            levels.push_back(from.i_uA + std::clamp(share, 0.0, 1.0) * (to.i_uA - from.i_uA));
        }
    }
    return levels;
}

AdcMetrics measure_curve(const std::vector<CountKnot>& knots, double nominal_counts_per_uA,
                         double sigma_lsb, CountAffine correction)
{
    AdcMetrics m{no_line, no_line, 0, 0, 0, true, none};
    if (knots.empty()) { return m; }
    std::vector<double> t = transition_levels(knots);
    for (double& level : t) { level *= nominal_counts_per_uA; }
    m.first_code = code_of(knots.front().counts);
    m.last_code = m.first_code + static_cast<int>(t.size());
    m.monotone = std::is_sorted(knots.begin(), knots.end(),
                                [](const auto& a, const auto& b) { return a.counts < b.counts; });
    if (t.size() < 2 || t.back() <= t.front()) { return m; }

    m.end_point = end_point_line(t, m.first_code);
    m.best_fit = best_fit_line(t, m.first_code);
    for (std::size_t i = 0; i + 1 < t.size(); ++i) {
        m.missing_codes += (t[i + 1] - t[i]) * m.best_fit.gain - 1.0 <= missing_code_dnl;
    }
    const double n = std::log2(static_cast<double>(t.size() + 1));
    const double variance = m.best_fit.inl_rms * m.best_fit.inl_rms + sigma_lsb * sigma_lsb;
    m.enob = n - 0.5 * std::log2(1.0 + 12.0 * variance);
    // The step of a corrected counter is `scale` wide, so deviations in steps stay as they are.
    for (LineMetrics* line : {&m.end_point, &m.best_fit}) {
        line->gain *= correction.scale;
        line->offset = correction.scale * line->offset + correction.offset;
    }
    return m;
}

std::vector<CountKnot> counts_over_window(const std::vector<Knot>& curve, double offset_counts,
                                          int n_window)
{
    std::vector<CountKnot> knots;
    if (curve.empty()) { return knots; }
    const double top = curve.back().rate * n_window;
    std::vector<CountKnot> raw;
    raw.reserve(curve.size());
    for (const Knot& k : curve) { raw.push_back({k.i_uA, k.rate * n_window + offset_counts}); }
    for (std::size_t j = 0; j < raw.size(); ++j) {
        if (j > 0) {  // a clip bends the curve between two of its corners
            const CountKnot& a = raw[j - 1];
            const CountKnot& b = raw[j];
            for (const double bound : {0.0, top}) {
                if (a.counts < bound && b.counts > bound) {
                    const double share = (bound - a.counts) / (b.counts - a.counts);
                    knots.push_back({a.i_uA + share * (b.i_uA - a.i_uA), bound});
                }
            }
        }
        knots.push_back({raw[j].i_uA, std::clamp(raw[j].counts, 0.0, std::max(top, 0.0))});
    }
    return knots;
}

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
        return LineSummary{over([&](const auto& m) { return (m.*line).gain; }),
                           over([&](const auto& m) { return (m.*line).offset; }),
                           over([&](const auto& m) { return std::fabs((m.*line).inl.value); }),
                           over([&](const auto& m) { return std::fabs((m.*line).dnl.value); }),
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
