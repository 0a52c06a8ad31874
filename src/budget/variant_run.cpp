// SPDX-License-Identifier: Apache-2.0
#include "variant_run.h"

#include "aimc/base/error.h"
#include "aimc/base/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace aimc::budget {
namespace {

using calibration::LayerCalibration;
using config::Branch;
using config::CalibrationMethod;
using config::PostUnit;
using config::TileConfig;

/// y of one column in output LSB, by what is on: whole or not, from the unit or in exact
/// arithmetic.
class Output {
public:
    Output(const TileConfig& config, const LayerCalibration& layer, std::size_t first_column,
           Switches on)
        : config_(config),
          layer_(layer),
          first_(first_column),
          whole_(on.has(Source::quantisation)),
          exact_(!on.has(Source::post_rounding)),
          top_(static_cast<double>(signed_max(config.nmpu.out_bits))),
          unit_(std::ldexp(1.0, -config.nmpu.kept_fraction())),
          lane_(config.nmpu, layer.words.scale_exponent, config::Activation::identity)
    {
        half_ = mvm::ldpu_settings(config, config::Activation::identity);
    }

    /// @param c  column of the layer   @param c_p, c_n  counts, with their bits below one
    double of(std::size_t c, std::int32_t c_p, std::int32_t c_n) const
    {
        const std::size_t column = first_ + c;
        if (exact_) {
            const double y = exact_line(c, c_p, c_n);
            return std::clamp(whole_ ? rounded(y) : y, -top_, top_);
        }
        if (config_.post == PostUnit::ldpu) {
            const auto r = ldpu::process_column(layer_.words.ldpu[column], c_p, c_n, half_);
            const double t = ldpu::to_double(r.t);
            return whole_ || std::isnan(t) ? r.y : std::clamp(t, -top_, top_);
        }
        const auto& words = layer_.words.nmpu[column];
        if (whole_) { return lane_.compute(c_p, c_n, words).y; }
        const auto sum = static_cast<double>(lane_.accumulate(c_p, c_n, words));
        return std::clamp(sum * unit_, -top_, top_);
    }

private:
    /// The affine map that was fitted, before its words were rounded.
    double exact_line(std::size_t c, std::int32_t c_p, std::int32_t c_n) const
    {
        double s_p = config_.calibration.fixed_scale * std::ldexp(1.0, -config_.adc.count_fraction);
        double s_n = s_p;
        double o = config_.calibration.fixed_offset;
        if (!layer_.fits.empty()) {
            const auto& fit = layer_.fits[c];
            s_p = fit.has_p ? fit.scale_p() / layer_.y_lsb : fit.nominal;
            s_n = fit.has_n ? fit.scale_n() / layer_.y_lsb : fit.nominal;
            o = fit.offset() / layer_.y_lsb;
        }
        if (config_.nmpu.branch == Branch::difference) { s_n = s_p; }
        if (config_.nmpu.branch == Branch::single) { s_n = 0.0; }
        return s_p * c_p - s_n * c_n + o;
    }

    /// To whole LSB as the unit does it last.
    double rounded(double y) const
    {
        constexpr int fraction = 32;    // coarser than the doubles, so that a tie stays a tie
        constexpr double beyond = 1e9;  // more than out_bits of any tile: saturates anyway
        const double fixed = std::floor(std::ldexp(std::clamp(y, -beyond, beyond), fraction) + 0.5);
        const RoundMode mode =
            config_.post == PostUnit::nmpu ? config_.nmpu.final_round_mode : RoundMode::rnd_conv;
        return static_cast<double>(round_shift(static_cast<std::int64_t>(fixed), fraction, mode));
    }

    const TileConfig& config_;
    const LayerCalibration& layer_;
    std::size_t first_;
    bool whole_, exact_;
    double top_, unit_;
    nmpu::Lane lane_;
    ldpu::LaneSettings half_;
};

/// Reads one layer's inputs and compares, in order: the sums do not depend on anything else.
bool measure(const Experiment& e, const TileConfig& config, const mvm::AnalogPath& path,
             std::size_t l, const Output& output, std::uint64_t first_read,
             const Settings& settings, Error& error)
{
    const auto& layer = e.workload.layers[l];
    const auto& x = e.inputs[l];
    const auto lines = calibration::on_word_lines(x, layer.rows, config.rows);
    const auto top = static_cast<double>(signed_max(config.nmpu.out_bits));
    std::vector<std::int32_t> c_p(config.cols);
    std::vector<std::int32_t> c_n(config.cols);
    std::vector<std::int64_t> ideal(layer.cols.size());
    mvm::AnalogPath::Scratch scratch;
    double error2 = 0.0;
    double ref2 = 0.0;
    for (std::size_t k = 0; k < x.rows(); ++k) {
        if (settings.stop_requested && settings.stop_requested()) { return false; }
        path.read(lines.row(k), {first_read + k, false}, scratch, c_p.data(), c_n.data());
        calibration::ideal_product(layer, x.row(k), ideal.data());
        for (std::size_t c = 0; c < ideal.size(); ++c) {
            const double ref = std::clamp(layer.target(c, ideal[c]) / e.y_lsb[l], -top, top);
            const double off =
                output.of(c, c_p[layer.cols.from + c], c_n[layer.cols.from + c]) - ref;
            error2 += off * off;
            ref2 += ref * ref;
            error.max_abs_lsb = std::max(error.max_abs_lsb, std::fabs(off));
        }
    }
    const auto n = static_cast<double>(x.rows() * ideal.size());
    error.rmse_lsb = n > 0.0 ? std::sqrt(error2 / n) : 0.0;
    error.rel_l2 = ref2 > 0.0     ? std::sqrt(error2 / ref2)
                   : error2 > 0.0 ? std::numeric_limits<double>::infinity()
                                  : 0.0;
    return true;
}

}  // namespace

Experiment prepare(const TileConfig& config, const config::Workload& workload)
{
    Experiment e{config, workload, calibration::cell_targets(config, workload), {}, {}, {}, {}};
    if (config.calibration.method == CalibrationMethod::fixed) {
        e.fixed = calibration::fixed_words(config, workload);
    }
    if (config.calibration.vectors == config::CalibrationVectors::representative &&
        workload.calibration_inputs.empty()) {
        throw InputError(
            config.workload.file,
            "has no calibration_inputs; calibration.vectors \"representative\" needs them");
    }
    e.calibration_inputs = calibration::ideal_calibration_inputs(config, workload);
    Matrix<std::int8_t> x = workload.inputs;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        e.y_lsb.push_back(
            e.fixed.empty() ? calibration::ideal_output_lsb(config, layer, e.calibration_inputs[l])
                            : e.fixed[l].y_lsb);
        e.inputs.push_back(x);
        if (l + 1 < workload.layers.size()) {
            x = calibration::ideal_outputs(layer, x, e.y_lsb[l]);
        }
    }
    return e;
}

std::vector<Error> run_variant(const Experiment& e, Switches on, const Settings& settings)
{
    const TileConfig config = variant(e.config, on);
    mvm::Chip chip = mvm::make_chip(config, e.targets);
    if (e.fixed.empty()) {
        calibration::settle_current_ratio(config, chip, e.workload, e.calibration_inputs);
    }
    const mvm::AnalogPath path(config, chip, settings.simd);
    std::vector<Error> errors(e.workload.layers.size());
    std::uint64_t calibration_reads = 0;
    std::uint64_t reads = 0;
    for (std::size_t l = 0; l < errors.size(); ++l) {
        const auto& layer = e.workload.layers[l];
        const LayerCalibration calibrated =
            e.fixed.empty() ? calibration::calibrate_layer(
                                  config, path, layer, e.calibration_inputs[l], calibration_reads)
                            : e.fixed[l];
        if (calibrated.y_lsb != e.y_lsb[l]) {
            throw std::logic_error("the output scale moved with a switch");
        }
        const Output output(config, calibrated, layer.cols.from, on);
        errors[l].current_ratio = chip.current_ratio;
        if (!measure(e, config, path, l, output, reads, settings, errors[l])) { return {}; }
        calibration_reads += e.calibration_inputs[l].rows();
        reads += e.inputs[l].rows();
    }
    return errors;
}

}  // namespace aimc::budget
