// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/adc_metrics.h"

#include "adc_line.h"

#include <algorithm>
#include <cmath>

namespace aimc::converters {
namespace {

constexpr double counter_bias = 0x1p-10;  // of CcoAdc

/// Counts by which a transition comes before the whole number of its code.
double early(config::Rounding rounding)
{
    return rounding == config::Rounding::nearest ? 0.5 : 0.0;
}

double enob_of(double bits, double inl_rms, double sigma_lsb)
{
    return bits - 0.5 * std::log2(1.0 + 12.0 * (inl_rms * inl_rms + sigma_lsb * sigma_lsb));
}

DataSheetErrors data_sheet_errors(const Levels& levels)
{
    const auto error = [&](std::size_t i) { return levels.target(i) - levels.t[i]; };
    DataSheetErrors errors{error(0), error(levels.t.size() - 1) - error(0), {0.0, -1}};
    for (std::size_t i = 0; i < levels.t.size(); ++i) {
        Extreme& worst = errors.absolute_accuracy;
        if (worst.code < 0 || std::fabs(error(i)) > std::fabs(worst.value)) {
            worst = {error(i), levels.code(i)};
        }
    }
    return errors;
}

Levels levels_of(const std::vector<CountKnot>& knots, double nominal_counts_per_uA,
                 CountAffine correction, config::Rounding rounding)
{
    Levels levels{transition_levels(knots, rounding), code_of(knots.front().counts, rounding),
                  correction, early(rounding)};
    for (double& t : levels.t) { t *= nominal_counts_per_uA; }
    return levels;
}

}  // namespace

const Extreme& Extremes::largest() const
{
    return std::fabs(min.value) > std::fabs(max.value) ? min : max;
}

CountAffine correction_of(const LineMetrics& line)
{
    return {1.0 / line.gain, -line.offset / line.gain};
}

int code_of(double counts, config::Rounding rounding)
{
    return static_cast<int>(std::floor(counts + early(rounding) + counter_bias));
}

std::vector<double> transition_levels(const std::vector<CountKnot>& knots,
                                      config::Rounding rounding)
{
    std::vector<double> levels;
    if (knots.empty()) { return levels; }
    int reached = code_of(knots.front().counts, rounding);
    for (std::size_t j = 1; j < knots.size(); ++j) {
        const CountKnot& from = knots[j - 1];
        const CountKnot& to = knots[j];
        for (const int end = code_of(to.counts, rounding); reached < end;) {
            ++reached;
            const double counts = reached - early(rounding);
            const double share = (counts - from.counts) / (to.counts - from.counts);
            levels.push_back(from.i_uA + std::clamp(share, 0.0, 1.0) * (to.i_uA - from.i_uA));
        }
    }
    return levels;
}

AdcMetrics measure_curve(const std::vector<CountKnot>& knots, double nominal_counts_per_uA,
                         double sigma_lsb, CountAffine correction, config::Rounding rounding)
{
    AdcMetrics m{no_line, no_line, {none, none, {none, -1}}, none, 0, 0, 0, true, none, none};
    if (knots.empty()) { return m; }
    const Levels levels = levels_of(knots, nominal_counts_per_uA, correction, rounding);
    const std::size_t n = levels.t.size();
    m.first_code = levels.first_code;
    m.last_code = m.first_code + static_cast<int>(n);
    m.monotone = std::is_sorted(knots.begin(), knots.end(),
                                [](const auto& a, const auto& b) { return a.counts < b.counts; });
    if (n < 2 || levels.t.back() <= levels.t.front()) { return m; }

    m.end_point = end_point_line(levels);
    m.best_fit = best_fit_line(levels);
    m.data_sheet = data_sheet_errors(levels);
    m.measured_lsb =
        (levels.t.back() - levels.t.front()) / static_cast<double>(n - 1) / nominal_counts_per_uA;
    const Deviations deviations = deviations_of(levels, m.best_fit.gain, m.best_fit.offset);
    m.missing_codes =
        static_cast<int>(std::count_if(deviations.dnl.begin(), deviations.dnl.end(),
                                       [](double dnl) { return dnl <= missing_code_dnl; }));
    m.bits = std::log2(static_cast<double>(n + 1));
    m.enob = enob_of(m.bits, m.best_fit.inl_rms, sigma_lsb);
    return m;
}

Deviations deviations_from(const LineMetrics& line, const std::vector<CountKnot>& knots,
                           double nominal_counts_per_uA, config::Rounding rounding)
{
    if (std::isnan(line.gain) || knots.empty()) { return {}; }
    return deviations_of(levels_of(knots, nominal_counts_per_uA, {}, rounding), line.gain,
                         line.offset);
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

}  // namespace aimc::converters
