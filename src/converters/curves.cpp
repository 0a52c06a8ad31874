// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/curves.h"

#include "aimc/base/error.h"
#include "aimc/base/random.h"

#include <algorithm>
#include <cmath>

namespace aimc::converters {
namespace {

using config::TileConfig;

double cycles_ns(const TileConfig& config) { return static_cast<double>(config.t_clk_ps) * 1e-3; }

/// Standard normals of all columns for one purpose and polarity of this chip.
std::vector<double> draw(const TileConfig& config, Purpose purpose, int polarity)
{
    Place place;
    place.seed = config.seed.device;
    place.purpose = purpose;
    place.tile = config.index;
    place.lane = static_cast<std::uint16_t>(polarity << 2);
    std::vector<double> z(config.cols);
    normals(place, static_cast<std::uint32_t>(z.size()), z.data());
    return z;
}

/// One cubic S over the range, 0 at both ends and in the middle, extreme values -1 and +1.
double s_shape(double u)
{
    const double v = 2.0 * u - 1.0;
    return 2.598076211353316 * v * (1.0 - v * v);
}

/// Straight pieces with relative gain and an S of `shape` counts over the window, to the ceiling.
std::vector<Knot> parametric_curve(const TileConfig& config, double gain, double shape)
{
    const auto& adc = config.adc;
    const double full_scale = adc.full_scale_uA.value();
    const double per_uA = gain * adc.gain_MHz_per_uA * 1e-3 * cycles_ns(config);
    const double top = adc.gain_MHz_per_uA * 1e-3 * cycles_ns(config) * full_scale;
    std::vector<Knot> knots;
    const int n = adc.parametric.segments;
    for (int j = 0; j <= n; ++j) {
        const double u = static_cast<double>(j) / n;
        const double free = per_uA * u * full_scale + shape * s_shape(u) / config.read.n_window;
        if (free > top && !knots.empty() && knots.back().rate < top) {
            // the ceiling begins where the piece meets it, not at the next corner
            const Knot& last = knots.back();
            const double share = (top - last.rate) / (free - last.rate);
            knots.push_back({last.i_uA + share * (u * full_scale - last.i_uA), top});
        }
        const double rate = std::clamp(free, knots.empty() ? 0.0 : knots.back().rate, top);
        if (knots.empty() || knots.back().i_uA < u * full_scale) {
            knots.push_back({u * full_scale, rate});
        }
    }
    return knots;
}

PhysicalCurves parametric_curves(const TileConfig& config)
{
    const auto& p = config.adc.parametric;
    const auto gain_common = draw(config, Purpose::adc_gain, 0);
    const auto gain_own = draw(config, Purpose::adc_gain, 1);
    const auto offset_pos = draw(config, Purpose::adc_offset, 0);
    const auto offset_neg = draw(config, Purpose::adc_offset, 1);
    const auto shape = draw(config, Purpose::adc_shape, 0);
    const double rho = p.polarity_correlation;
    PhysicalCurves curves;
    curves.origin = "synthetic";
    curves.columns.resize(config.cols);
    for (std::size_t c = 0; c < config.cols; ++c) {
        const auto gain = [&](double z) {
            return 1.0 + std::clamp(p.gain_sd * z, -p.gain_limit, p.gain_limit);
        };
        const double z_neg = rho * gain_common[c] + std::sqrt(1.0 - rho * rho) * gain_own[c];
        const double bow = std::clamp(shape[c] / 3.0, -1.0, 1.0) * p.s_shape_counts;
        auto& column = curves.columns[c];
        column.pos = parametric_curve(config, gain(gain_common[c]), bow);
        column.neg = parametric_curve(config, gain(z_neg), bow);
        column.offset_pos = p.offset_sd_counts * offset_pos[c];
        column.offset_neg = p.offset_sd_counts * offset_neg[c];
    }
    return curves;
}

std::vector<Knot> from_points(const std::vector<config::CurvePoint>& points, double uA_per_input,
                              double rate_per_code)
{
    std::vector<Knot> knots;
    for (const auto& p : points) {
        knots.push_back({p.input * uA_per_input, p.code * rate_per_code});
    }
    return knots;
}

PhysicalCurves file_curves(const TileConfig& config)
{
    const auto file = config::load_curve_file(config.adc.curve_file, config.adc.non_monotone);
    const std::size_t have = file.columns.size();
    if (have < config.cols && config.adc.few_curves == config::FewCurves::reject) {
        throw InputError(config.adc.curve_file,
                         "has curves of " + std::to_string(have) + " columns, the tile has " +
                             std::to_string(config.cols) +
                             "; give more, or set adc.few_curves to \"repeat\"");
    }
    PhysicalCurves curves;
    curves.origin = file.measured ? "measured" : "synthetic";
    curves.columns.resize(config.cols);
    const double uA_per_input = file.full_scale_current_uA / file.full_scale;
    const double rate_per_code = cycles_ns(config) / file.t_window_ns;
    for (std::size_t c = 0; c < config.cols; ++c) {
        const auto& recorded = file.columns[c % have];
        curves.columns[c].pos = from_points(recorded.pos, uA_per_input, rate_per_code);
        curves.columns[c].neg = from_points(recorded.neg, uA_per_input, rate_per_code);
    }
    return curves;
}

}  // namespace

const Knot& ceiling_of(const std::vector<Knot>& curve)
{
    return *std::find_if(curve.begin(), curve.end(),
                         [&](const Knot& k) { return k.rate == curve.back().rate; });
}

PhysicalCurves nominal_curves(const TileConfig& config, double i_largest_uA)
{
    const auto& adc = config.adc;
    PhysicalCurves curves;
    curves.has_ceiling = adc.full_scale_uA.has_value();
    const double end = adc.full_scale_uA.value_or(i_largest_uA);
    const double rate = adc.gain_MHz_per_uA * 1e-3 * cycles_ns(config) * end;
    curves.columns.resize(config.cols);
    for (auto& column : curves.columns) { column.pos = column.neg = {{0.0, 0.0}, {end, rate}}; }
    return curves;
}

PhysicalCurves make_curves(const TileConfig& config, double i_largest_uA)
{
    PhysicalCurves curves;
    switch (config.adc.curves) {
        case config::CurveSource::ideal: curves = nominal_curves(config, i_largest_uA); break;
        case config::CurveSource::parametric: curves = parametric_curves(config); break;
        case config::CurveSource::file: curves = file_curves(config); break;
    }
    const auto z = draw(config, Purpose::input_offset, 0);
    for (std::size_t c = 0; c < config.cols; ++c) {
        curves.columns[c].input_offset_uA = config.adc.input_offset_sd_uA * z[c];
    }
    return curves;
}

}  // namespace aimc::converters
