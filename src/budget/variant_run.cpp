// SPDX-License-Identifier: Apache-2.0
#include "variant_run.h"

#include "aimc/base/error.h"
#include "aimc/base/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

namespace aimc::budget {
namespace {

using calibration::LayerCalibration;
using config::Branch;
using config::CalibrationMethod;
using config::PostUnit;
using config::TileConfig;

/// What leaves one column in output LSB, by what is on: whole or not, from the unit or in exact
/// arithmetic.
class Output {
public:
    Output(const TileConfig& config, const config::Layer& shape, const LayerCalibration& layer,
           Switches on)
        : config_(config),
          shape_(shape),
          layer_(layer),
          whole_(on.has(Source::quantisation)),
          exact_(!on.has(Source::post_rounding)),
          partial_(shape.output == config::TileOutput::partial),
          lane_(config.nmpu, layer.words.scale_exponent, config::Activation::identity),
          half_(mvm::ldpu_settings(config, config::Activation::identity))
    {
        const auto& n = config.nmpu;
        fraction_ = partial_ ? n.partial_fraction : 0;
        const int bits = partial_ ? n.partial_bits : n.out_bits;
        top_ = std::ldexp(static_cast<double>(signed_max(bits)), -fraction_);
    }

    double top() const { return top_; }

    /// What the residual port brings.  [LSB]
    double residual(std::size_t k, std::size_t c) const
    {
        return shape_.residuals.empty()
                   ? 0.0
                   : std::ldexp(shape_.residuals.row(k)[c], -config_.nmpu.residual_fraction);
    }

    /// @param k  vector   @param c  column of the layer
    /// @param c_p, c_n  counts, with their bits below one
    double of(std::size_t k, std::size_t c, std::int32_t c_p, std::int32_t c_n) const
    {
        const std::size_t column = shape_.cols.from + c;
        std::optional<std::int32_t> word;
        if (!shape_.residuals.empty()) { word = shape_.residuals.row(k)[c]; }
        if (exact_) {
            const double y = exact_line(c, c_p, c_n) + residual(k, c);
            return std::clamp(whole_ ? rounded(y) : y, -top_, top_);
        }
        if (config_.post == PostUnit::ldpu) {
            const auto r = ldpu::process_column(layer_.words.ldpu[column], c_p, c_n, half_, word);
            const double t = ldpu::to_double(r.t);
            if (whole_ || std::isnan(t)) { return left(r); }
            return std::clamp(t, -top_, top_);
        }
        const auto& words = layer_.words.nmpu[column];
        if (whole_) { return left(lane_.compute(c_p, c_n, words, word.value_or(0))); }
        const auto sum = static_cast<double>(lane_.accumulate(c_p, c_n, words, word.value_or(0)));
        return std::clamp(std::ldexp(sum, -config_.nmpu.kept_fraction()), -top_, top_);
    }

private:
    template <class Result>
    double left(const Result& r) const
    {
        return partial_ ? std::ldexp(r.partial, -fraction_) : r.y;
    }

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

    /// To the words that leave, as the unit does it last.
    double rounded(double y) const
    {
        constexpr int fraction = 32;    // coarser than the doubles, so that a tie stays a tie
        constexpr double beyond = 1e9;  // more than out_bits of any tile: saturates anyway
        const double inside = std::clamp(y, -beyond, beyond);
        const double fixed = std::floor(std::ldexp(inside, fraction) + 0.5);
        const RoundMode of_lane =
            partial_ ? config_.nmpu.round_mode : config_.nmpu.final_round_mode;
        const RoundMode mode = config_.post == PostUnit::nmpu ? of_lane : RoundMode::rnd_conv;
        const auto word = round_shift(static_cast<std::int64_t>(fixed), fraction - fraction_, mode);
        return std::ldexp(static_cast<double>(word), -fraction_);
    }

    const TileConfig& config_;
    const config::Layer& shape_;
    const LayerCalibration& layer_;
    bool whole_, exact_, partial_;
    int fraction_ = 0;  ///< bits below one LSB of what leaves
    double top_ = 0.0;  ///< [LSB] the end of its format
    nmpu::Lane lane_;
    ldpu::LaneSettings half_;
};

/// Reads one layer's inputs and compares, in order: the sums do not depend on anything else.
bool measure(const Experiment& e, const TileConfig& config, const mvm::ReadPath& path,
             std::size_t l, const Output& output, std::uint64_t first_read,
             const Settings& settings, Error& error)
{
    const auto& layer = e.workload.layers[l];
    const auto& x = e.inputs[l];
    const auto lines = calibration::on_word_lines(x, layer.rows, config.rows);
    const double top = output.top();
    std::vector<std::int32_t> c_p(config.cols);
    std::vector<std::int32_t> c_n(config.cols);
    std::vector<std::int64_t> ideal(layer.cols.size());
    mvm::ReadPath::Scratch scratch;
    double error2 = 0.0;
    double ref2 = 0.0;
    for (std::size_t k = 0; k < x.rows(); ++k) {
        if (settings.stop_requested && settings.stop_requested()) { return false; }
        path.read(lines.row(k), {first_read + k, false}, scratch, c_p.data(), c_n.data());
        calibration::ideal_product(layer, x.row(k), ideal.data());
        for (std::size_t c = 0; c < ideal.size(); ++c) {
            const double ref = std::clamp(
                layer.target(c, ideal[c]) / e.y_lsb[l] + output.residual(k, c), -top, top);
            const double off =
                output.of(k, c, c_p[layer.cols.from + c], c_n[layer.cols.from + c]) - ref;
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
    calibration::require_known_inputs(config, workload);
    e.calibration_inputs = calibration::ideal_calibration_inputs(config, workload);
    Matrix<std::int8_t> x = workload.inputs;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        e.y_lsb.push_back(
            e.fixed.empty() ? calibration::ideal_output_lsb(config, layer, e.calibration_inputs[l])
                            : e.fixed[l].y_lsb);
        e.inputs.push_back(x);
        if (l + 1 < workload.layers.size()) {
            x = calibration::ideal_outputs(layer, x, e.y_lsb[l], config::input_codes(config));
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
    const mvm::ReadPath path(config, chip, settings.simd);
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
        const Output output(config, layer, calibrated, on);
        errors[l].current_ratio = chip.current_ratio;
        errors[l].misfits = calibrated.misfits.size();
        if (!measure(e, config, path, l, output, reads, settings, errors[l])) { return {}; }
        calibration_reads += e.calibration_inputs[l].rows();
        reads += e.inputs[l].rows();
    }
    return errors;
}

}  // namespace aimc::budget
