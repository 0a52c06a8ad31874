// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/calibrate.h"

#include "aimc/base/error.h"

#include "layer_fit.h"
#include "vectors.h"

#include <algorithm>
#include <cmath>

namespace aimc::calibration {

using config::TileConfig;
using config::Workload;

void settle_current_ratio(const TileConfig& config, mvm::Chip& chip, const Workload& workload,
                          const std::vector<Matrix<std::int8_t>>& inputs,
                          const mvm::ReadMemory* memory)
{
    if (config.adc.current_ratio || !chip.curves.has_ceiling) { return; }
    chip.current_ratio = 1.0;
    double ratio = 1.0;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto lines = on_word_lines(inputs[l], workload.layers[l].rows, config.rows);
        ratio = std::min(ratio, *mvm::recall<double>(
                                    memory, "best ratio " + key_of(chip) + ' ' + mvm::key_of(lines),
                                    [&] { return choose_current_ratio(config, chip, lines); },
                                    [](double) { return sizeof(double); }));
    }
    chip.current_ratio = ratio;
}

void require_known_inputs(const TileConfig& config, const Workload& workload)
{
    if (config.calibration.vectors != config::CalibrationVectors::representative) { return; }
    for (std::size_t l = 0; l + 1 < workload.layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        if (layer.residuals.empty()) { continue; }
        throw InputError(
            config.workload.file,
            "layer \"" + layer.name +
                "\" has residual; with calibration.vectors \"representative\" only the "
                "last layer may, for the next one would be calibrated without them");
    }
}

std::vector<LayerCalibration> calibrate(const TileConfig& config, mvm::Chip& chip,
                                        const Workload& workload, SimdLevel simd,
                                        std::uint64_t first_read, const mvm::ReadMemory* memory,
                                        const Stop& stop)
{
    require_known_inputs(config, workload);
    const bool representative =
        config.calibration.vectors == config::CalibrationVectors::representative;
    const auto count = static_cast<std::size_t>(config.calibration.count);
    const auto vectors_for = [&](std::size_t l, const Matrix<std::int8_t>& handed_on) {
        return representative ? handed_on
                              : random_vectors(config, workload.layers[l].rows.size(), l, memory);
    };
    const Matrix<std::int8_t> start = first_rows(workload.calibration_inputs, count);

    if (!config.adc.current_ratio && chip.curves.has_ceiling) {
        settle_current_ratio(config, chip, workload,
                             ideal_calibration_inputs(config, workload, memory), memory);
    }
    std::shared_ptr<const mvm::ReadPath> path;
    const auto play_now = [&](const config::Layer& layer, const Matrix<std::int8_t>& x) {
        if (path == nullptr) {
            path = memory != nullptr ? memory->path(config, chip, simd)
                                     : std::make_shared<const mvm::ReadPath>(config, chip, simd);
        }
        const bool one_layer = workload.layers.size() == 1;
        return play(config, *path, layer, x, first_read,
                    nominal_counts(config, chip.current_ratio, layer, one_layer), stop);
    };
    std::vector<LayerCalibration> all;
    Matrix<std::int8_t> x = start;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        x = vectors_for(l, x);
        const std::string key = key_of_play(chip, layer, x, first_read);
        const auto seen = mvm::recall<Played>(
            memory, key, [&] { return play_now(layer, x); }, bytes_of_play);
        const Played& played = *seen;
        first_read += x.rows();
        all.push_back(fit_layer(config, layer, played, memory, key));
        all.back().probes = first_rows(x, static_cast<std::size_t>(config.ageing.probe_vectors));
        if (l + 1 == workload.layers.size()) { break; }
        const mvm::PostProcessor post(config, all.back().words);
        const config::InputCodes taken = config::input_codes(config);
        Matrix<std::int8_t> next(x.rows(), layer.cols.size());
        std::vector<std::int32_t> y(config.cols);
        std::vector<std::int32_t> partial(config.cols);
        std::vector<mvm::LaneCounters> lanes;
        for (std::size_t k = 0; k < x.rows(); ++k) {
            post.process(played.counts_p.row(k), played.counts_n.row(k), nullptr, y.data(),
                         partial.data(), lanes);
            for (std::size_t c = 0; c < layer.cols.size(); ++c) {
                next.row(k)[c] = next_code(y[layer.cols.from + c], layer.out_shift, taken);
            }
        }
        x = std::move(next);
    }
    return all;
}

std::vector<LayerCalibration> fixed_words(const TileConfig& config, const Workload& workload)
{
    const auto& cal = config.calibration;
    std::vector<LayerCalibration> all;
    for (const auto& layer : workload.layers) {
        if (!layer.batch_norm.empty()) {
            throw InputError(
                config.workload.file,
                "layer \"" + layer.name +
                    "\" has batch_norm; calibration.method \"fixed\" has one scale and "
                    "offset for all columns, nothing to fold it into");
        }
        LayerCalibration out;
        const int e = config.nmpu.scale_exponent.value_or(0);
        out.words = mvm::words_for(layer);
        out.words.scale_exponent = e;
        nmpu::AffineWords words;
        words.s_p = static_cast<std::int32_t>(
            std::floor(std::ldexp(cal.fixed_scale, config.nmpu.scale_fraction - e) + 0.5));
        words.s_n = config.nmpu.branch == config::Branch::polarity ? words.s_p : 0;
        words.o_p = static_cast<std::int32_t>(
            std::floor(std::ldexp(cal.fixed_offset, config.nmpu.offset_fraction) + 0.5));
        ldpu::AffineWords16 words16;
        words16.scale_p = words16.scale_n = ldpu::from_double(cal.fixed_scale);
        words16.offset = ldpu::from_double(cal.fixed_offset);
        words16.gamma = ldpu::from_int(1);
        out.words.nmpu.assign(config.cols, words);
        out.words.ldpu.assign(config.cols, words16);
        const auto nominal = nominal_counts(config, config.adc.current_ratio.value_or(1.0), layer,
                                            workload.layers.size() == 1);
        out.y_lsb = nominal.front() / cal.fixed_scale;  // the same for all: no map by column
        all.push_back(out);
    }
    return all;
}

}  // namespace aimc::calibration
