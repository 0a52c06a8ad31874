// SPDX-License-Identifier: Apache-2.0
#include "aimc/budget/sources.h"

#include "aimc/converters/curves.h"

#include <algorithm>

namespace aimc::budget {
namespace {

using config::TileConfig;

constexpr int most_fine_bits = 8;     // 1/256 count: far below any other step of the path
constexpr int widest_fine_word = 30;  // count_bits and the bits below one count share 32 bits

/// The line that stands for the curves of a file: their mean gain, up to their mean highest rate.
void use_mean_line(TileConfig& config)
{
    const auto curves = converters::make_curves(config, 0.0);
    double gain = 0.0;  // [counts / cycle / uA]
    double rate = 0.0;  // [counts / cycle]
    double n = 0.0;
    const auto add = [&](const std::vector<converters::Knot>& curve) {
        if (!converters::rises(curve)) { return; }
        const auto& top = converters::ceiling_of(curve);
        gain += (top.rate - curve.front().rate) / (top.i_uA - curve.front().i_uA);
        rate += top.rate;
        n += 1.0;
    };
    for (const auto& column : curves.columns) {
        add(column.pos);
        // all four phases of a read share the positive curve
        if (config.read.mode == config::ReadMode::one_phase) { add(column.neg); }
    }
    if (!(gain > 0.0)) { return; }  // nothing rises: the nominal line is as good as any
    const double cycles_ns = static_cast<double>(config.t_clk_ps) * 1e-3;
    config.adc.gain_MHz_per_uA = gain / n / (1e-3 * cycles_ns);
    config.adc.full_scale_uA = rate / gain;
}

void make_adc_ideal(TileConfig& config)
{
    if (config.adc.curves == config::CurveSource::file) { use_mean_line(config); }
    config.adc.curves = config::CurveSource::ideal;
    config.adc.curve_file.clear();
    config.adc.input_offset_sd_uA = 0.0;
    config.adc.polarity_deadband_uA = 0.0;
}

void look_below_one_count(TileConfig& config)
{
    const int fine = std::clamp(widest_fine_word - config.adc.count_bits, 0, most_fine_bits);
    config.adc.count_fraction = fine;
    config.nmpu.scale_fraction += fine;
    config.nmpu.cut += fine;
}

void switch_off(Source source, TileConfig& config)
{
    auto& device = config.device;
    switch (source) {
        case Source::programming:
            device.programming_noise = false;
            device.programming = config::Programming::statistical;  // nothing left to verify
            break;
        case Source::read_noise:
            device.verify_noise = device.verify_noise.value_or(true);  // programming's own
            device.read_noise = config::ReadNoise::none;
            break;
        case Source::drift: device.drift = false; break;
        case Source::ir_drop: config.crossbar.ir_drop = config::IrDrop::none; break;
        case Source::faults: device.faults = {}; break;
        case Source::polarity:
            device.polarity_asymmetry_mean = device.polarity_asymmetry_sd = 0.0;
            break;
        case Source::adc_fixed: make_adc_ideal(config); break;
        case Source::adc_noise: config.adc.sigma_lsb = 0.0; break;
        case Source::quantisation: look_below_one_count(config); break;
        case Source::post_rounding: break;
    }
}

bool has_faults(const config::FaultConfig& f)
{
    return !f.file.empty() || f.stuck_reset_rate > 0.0 || f.stuck_set_rate > 0.0 ||
           f.dead_row_rate > 0.0 || f.dead_col_rate > 0.0;
}

std::string device_absent(Source source, const config::DeviceConfig& device)
{
    if (device.model == config::DeviceModel::ideal) { return "device.model is ideal"; }
    if (source == Source::programming) {
        return device.programming_noise ? "" : "device.programming_noise is off";
    }
    if (source == Source::read_noise) {
        return device.read_noise != config::ReadNoise::none ? "" : "device.read_noise is none";
    }
    if (!device.drift) { return "device.drift is off"; }
    return device.age_s > 0.0 ? "" : "device.age_s is 0";
}

}  // namespace

const std::array<Source, n_sources>& all_sources()
{
    static constexpr std::array<Source, n_sources> all{
        Source::programming,  Source::read_noise,   Source::drift,     Source::ir_drop,
        Source::faults,       Source::polarity,     Source::adc_fixed, Source::adc_noise,
        Source::quantisation, Source::post_rounding};
    return all;
}

std::string name_of(Source source, config::PostUnit post)
{
    switch (source) {
        case Source::programming: return "programming";
        case Source::read_noise: return "read_noise";
        case Source::drift: return "drift";
        case Source::ir_drop: return "ir_drop";
        case Source::faults: return "faults";
        case Source::polarity: return "polarity";
        case Source::adc_fixed: return "adc_fixed";
        case Source::adc_noise: return "adc_noise";
        case Source::quantisation: return "quantisation";
        case Source::post_rounding: break;
    }
    return post == config::PostUnit::nmpu ? "nmpu_rounding" : "ldpu_rounding";
}

std::string why_absent(Source source, const TileConfig& config)
{
    const auto& device = config.device;
    const auto& adc = config.adc;
    switch (source) {
        case Source::programming:
        case Source::read_noise:
        case Source::drift: return device_absent(source, device);
        case Source::ir_drop:
            return config.crossbar.ir_drop != config::IrDrop::none ? ""
                                                                   : "crossbar.ir_drop is none";
        case Source::faults: return has_faults(device.faults) ? "" : "device.faults has none";
        case Source::polarity:
            return device.polarity_asymmetry_mean != 0.0 || device.polarity_asymmetry_sd != 0.0
                       ? ""
                       : "device.polarity_asymmetry is 0";
        case Source::adc_fixed:
            return adc.curves != config::CurveSource::ideal || adc.input_offset_sd_uA > 0.0 ||
                           adc.polarity_deadband_uA > 0.0
                       ? ""
                       : "adc.curves is ideal";
        case Source::adc_noise: return adc.sigma_lsb > 0.0 ? "" : "adc.sigma_lsb is 0";
        case Source::quantisation:
        case Source::post_rounding: break;
    }
    return "";
}

Switches Switches::with(Source s) const
{
    Switches out = *this;
    out.on_.set(static_cast<std::size_t>(s));
    return out;
}

Switches Switches::without(Source s) const
{
    Switches out = *this;
    out.on_.reset(static_cast<std::size_t>(s));
    return out;
}

Switches present(const TileConfig& config)
{
    Switches on;
    for (const Source s : all_sources()) {
        if (why_absent(s, config).empty()) { on = on.with(s); }
    }
    return on;
}

TileConfig variant(const TileConfig& config, Switches on)
{
    TileConfig out = config;
    for (const Source s : all_sources()) {
        if (!on.has(s) && why_absent(s, config).empty()) { switch_off(s, out); }
    }
    return out;
}

}  // namespace aimc::budget
