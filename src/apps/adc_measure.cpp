// SPDX-License-Identifier: Apache-2.0
#include "adc_measure.h"

#include <algorithm>
#include <cmath>

namespace aimc::apps {
namespace {

using converters::CountAffine;
using converters::CountKnot;

std::vector<CountKnot> knots_of(const std::vector<config::CurvePoint>& points)
{
    std::vector<CountKnot> knots;
    knots.reserve(points.size());
    for (const auto& p : points) { knots.push_back({p.input, p.code}); }
    return knots;
}

bool are_equal(const std::vector<config::CurvePoint>& a, const std::vector<config::CurvePoint>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& p, const auto& q) {
        return p.input == q.input && p.code == q.code;
    });
}

std::vector<AdcCurve> curves_of(const config::CurveFile& file)
{
    std::vector<AdcCurve> curves;
    const auto add = [&](std::size_t column, const char* polarity, const auto& points) {
        AdcCurve curve{};
        curve.column = column;
        curve.polarity = polarity;
        curve.knots = knots_of(points);
        curves.push_back(std::move(curve));
    };
    for (std::size_t c = 0; c < file.columns.size(); ++c) {
        const auto& column = file.columns[c];
        const bool is_shared = are_equal(column.pos, column.neg);
        add(c, is_shared ? "both" : "pos", column.pos);
        if (!is_shared) { add(c, "neg", column.neg); }
    }
    return curves;
}

double mean_gain(const std::vector<AdcCurve>& curves, config::Rounding rounding)
{
    std::vector<double> gains;
    for (const AdcCurve& c : curves) {
        gains.push_back(converters::measure_curve(c.knots, 1.0, 0.0, {}, rounding).best_fit.gain);
    }
    return converters::min_mean_max(gains).mean;
}

double to_word(double value, int fraction, double lowest, double highest)
{
    const double word = std::floor(std::ldexp(value, fraction) + 0.5);
    return std::ldexp(std::clamp(word, lowest, highest), -fraction);
}

/// In the default formats of the NMPU: scale unsigned (1,7), offset signed (7,1).
CountAffine in_words(const CountAffine& exact)
{
    const config::NmpuConfig n;
    const double top = std::ldexp(1.0, n.offset_bits - 1);
    return {to_word(exact.scale, n.scale_fraction, 1.0, std::ldexp(1.0, n.scale_bits) - 1.0),
            to_word(exact.offset, n.offset_fraction, -top, top - 1.0)};
}

void measure_one(AdcCurve& curve, double nominal, const AdcOptions& options)
{
    const double sigma = options.sigma_lsb.value_or(0.0);
    curve.before = converters::measure_curve(curve.knots, nominal, sigma, {}, options.rounding);
    curve.after = curve.before;  // a curve without a line has nothing to correct
    curve.correction = converters::correction_of(curve.before.best_fit);
    if (!std::isnan(curve.correction.scale)) {
        if (options.as_words) { curve.correction = in_words(curve.correction); }
        curve.after = converters::measure_curve(curve.knots, nominal, sigma, curve.correction,
                                                options.rounding);
    }
    curve.sine = converters::measure_sine(curve.knots, sigma, options.rounding);
    curve.recorded = converters::recorded_line(curve.knots);
    curve.levels = converters::level_line(curve.knots);
}

}  // namespace

AdcCurves measure(const config::CurveFile& file, const AdcOptions& options)
{
    AdcCurves all{curves_of(file), 0.0, {}, {}};
    all.nominal = options.nominal ? *options.nominal : mean_gain(all.curves, options.rounding);
    std::vector<converters::AdcMetrics> before;
    std::vector<converters::AdcMetrics> after;
    for (AdcCurve& curve : all.curves) {
        measure_one(curve, all.nominal, options);
        before.push_back(curve.before);
        after.push_back(curve.after);
    }
    all.before = converters::summarise(before);
    all.after = converters::summarise(after);
    return all;
}

}  // namespace aimc::apps
