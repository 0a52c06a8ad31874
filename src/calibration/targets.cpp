// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/calibrate.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace aimc::calibration {
namespace {

constexpr int code_limit = 127;
constexpr std::int64_t finest_full_scale = 32767;

/// Largest |code| of each column of a layer.
std::vector<int> column_peaks(const config::Layer& layer)
{
    std::vector<int> peaks(layer.weights.cols(), 0);
    for (std::size_t r = 0; r < layer.weights.rows(); ++r) {
        for (std::size_t c = 0; c < peaks.size(); ++c) {
            peaks[c] = std::max(peaks[c], std::abs(int{layer.weights.row(r)[c]}));
        }
    }
    return peaks;
}

}  // namespace

int full_scale_code(const config::TileConfig& config, const config::Layer& layer)
{
    if (config.crossbar.g_map == config::GMap::as_given) { return layer.code_max; }
    const std::vector<int> peaks = column_peaks(layer);
    return std::max(1, *std::max_element(peaks.begin(), peaks.end()));
}

device::CellTargets cell_targets(const config::TileConfig& config, const config::Workload& workload)
{
    device::CellTargets targets;
    targets.codes = Matrix<std::int16_t>(config.rows, config.cols);
    const bool one_layer = workload.layers.size() == 1;
    const bool by_column = config.crossbar.g_map == config::GMap::column;
    // One layer without a map of its own columns keeps its codes, so nothing is rounded.
    const bool exact = one_layer && !by_column;
    targets.full_scale = static_cast<int>(finest_full_scale);
    for (const auto& layer : workload.layers) {
        const std::vector<int> peaks = column_peaks(layer);
        const int layer_full = full_scale_code(config, layer);
        if (exact) { targets.full_scale = layer_full; }
        for (std::size_t r = 0; r < layer.weights.rows(); ++r) {
            for (std::size_t c = 0; c < peaks.size(); ++c) {
                const std::int64_t code = layer.weights.row(r)[c];
                const int full = by_column ? std::max(1, peaks[c]) : layer_full;
                // nearest, ties away from zero
                const std::int64_t scaled =
                    (2 * std::abs(code) * targets.full_scale + full) / (2 * full);
                targets.codes(WordLine{layer.rows.from + r}, BitLine{layer.cols.from + c}) =
                    static_cast<std::int16_t>(code < 0 ? -scaled : scaled);
            }
        }
    }
    return targets;
}

Matrix<std::int8_t> on_word_lines(const Matrix<std::int8_t>& x, const config::Range& rows,
                                  std::size_t tile_rows)
{
    Matrix<std::int8_t> full(x.rows(), tile_rows);
    for (std::size_t k = 0; k < x.rows(); ++k) {
        std::copy(x.row(k), x.row(k) + rows.size(), full.row(k) + rows.from);
    }
    return full;
}

void ideal_product(const config::Layer& layer, const std::int8_t* x, std::int64_t* out)
{
    const std::size_t cols = layer.weights.cols();
    const std::size_t rows = layer.weights.rows();
    constexpr std::size_t block = 512;  // rows of 32767 * 127 fit 31 bits
    thread_local std::vector<std::int32_t> sum;
    std::fill(out, out + cols, 0);
    for (std::size_t from = 0; from < rows; from += block) {
        sum.assign(cols, 0);
        for (std::size_t r = from; r < std::min(rows, from + block); ++r) {
            if (x[r] == 0) { continue; }
            const std::int16_t* w = layer.weights.row(r);
            const std::int32_t code = x[r];
            for (std::size_t c = 0; c < cols; ++c) { sum[c] += w[c] * code; }
        }
        for (std::size_t c = 0; c < cols; ++c) { out[c] += sum[c]; }
    }
}

std::int8_t next_code(std::int32_t y, int out_shift)
{
    return static_cast<std::int8_t>(std::clamp(y >> out_shift, -code_limit, code_limit));
}

double choose_current_ratio(const config::TileConfig& config, const mvm::Chip& chip,
                            const Matrix<std::int8_t>& inputs)
{
    const double i_lsb = crossbar::current_lsb_uA(config.crossbar);
    const auto ceiling = [](const std::vector<converters::Knot>& curve) {
        return std::find_if(curve.begin(), curve.end(),
                            [&](const converters::Knot& k) { return k.rate == curve.back().rate; })
            ->i_uA;
    };
    const crossbar::Crossbar crossbar(config, chip.array);
    crossbar::ColumnWave wave;
    std::vector<float> share;  // of its own ceiling, the peak of each conversion
    std::vector<std::int32_t> least, most;
    for (std::size_t k = 0; k < inputs.rows(); ++k) {
        for (const auto phase : crossbar::phases_of(config.read, inputs.row(k), config.rows)) {
            crossbar.drive(inputs.row(k), phase, {k, true}, wave);
            least.assign(wave.stride, 0);
            most.assign(wave.stride, 0);
            for (std::size_t s = 0; s < wave.n_cycles.size(); ++s) {
                const std::int32_t* current = wave.segment(s);
                for (std::size_t c = 0; c < wave.stride; ++c) {
                    least[c] = std::min(least[c], current[c]);
                    most[c] = std::max(most[c], current[c]);
                }
            }
            for (std::size_t c = 0; c < config.cols; ++c) {
                const auto& curves = chip.curves.columns[c];
                const double offset = curves.input_offset_uA;
                double peak = (most[c] * i_lsb + offset) / ceiling(curves.pos);
                if (phase == crossbar::Phase::all) {
                    peak = std::max(peak, -(least[c] * i_lsb + offset) / ceiling(curves.neg));
                }
                share.push_back(static_cast<float>(peak));
            }
        }
    }
    if (share.empty()) { return 1.0; }
    // Choice: half of the 0.1 % that are allowed, so that other vectors keep it, too
    const auto rank = static_cast<std::ptrdiff_t>((share.size() * 1999 + 1999) / 2000 - 1);
    std::nth_element(share.begin(), share.begin() + rank, share.end());
    const double needed = double{share[static_cast<std::size_t>(rank)]};
    if (needed <= 1.0) { return 1.0; }
    return std::max(1.0, std::floor(64.0 / needed)) / 64.0;
}

}  // namespace aimc::calibration
