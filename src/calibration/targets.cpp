// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/calibrate.h"
#include "aimc/schemes/scheme.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace aimc::calibration {
namespace {

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

/// One layer without a map of its own columns keeps its codes, so nothing is rounded.
bool keeps_codes(const config::TileConfig& config, bool one_layer)
{
    return one_layer && config.crossbar.g_map != config::GMap::column;
}

/// What one count is, in units of stored weight steps (conductances: of full scale) x input codes.
double unit_of_count(const config::TileConfig& config, double current_ratio)
{
    switch (config.kind) {
        case config::TileKind::analog: {
            const double full_scale_uA =
                device::g_max(config.device).si() * 1e6 * config.crossbar.v_read_mV * 1e-3;
            return 1.0 / (full_scale_uA * config.adc.gain_MHz_per_uA * 1e-3 *
                          static_cast<double>(config.t_clk_ps) * 1e-3 * current_ratio);
        }
        case config::TileKind::pim: return schemes::step(config.pim);
        case config::TileKind::digital_cim: break;
    }
    return 1.0;
}

}  // namespace

std::vector<double> nominal_counts(const config::TileConfig& config, double current_ratio,
                                   const config::Layer& layer, bool one_layer)
{
    const bool by_column = config.crossbar.g_map == config::GMap::column;
    const int layer_full = full_scale_code(config, layer);
    const double unit = unit_of_count(config, current_ratio);
    std::vector<double> all;
    for (const int peak : column_peaks(layer)) {
        const int full = by_column ? std::max(1, peak) : layer_full;
        double per_code = 1.0 / full;  // of full scale
        if (config.kind != config::TileKind::analog) {
            per_code = keeps_codes(config, one_layer) ? mvm::stored_per_code(config, layer_full)
                                                      : per_code * config::largest_weight(config);
        }
        all.push_back(unit / per_code);
    }
    return all;
}

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
    const bool by_column = config.crossbar.g_map == config::GMap::column;
    const bool exact = keeps_codes(config, workload.layers.size() == 1);
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

std::int8_t next_code(std::int32_t y, int out_shift, config::InputCodes taken)
{
    return static_cast<std::int8_t>(std::clamp(y >> out_shift, taken.least, taken.largest));
}

namespace {

constexpr int ratio_steps = 64;

/// The largest ratio, in steps, at which a peak stays at or below the ceiling.
int largest_step(double peak_uA, double ceiling_uA)
{
    const double steps = std::floor(ratio_steps * ceiling_uA / std::max(peak_uA, 1e-300));
    return static_cast<int>(std::min(steps, double{ratio_steps}));
}

/// Ends of the transfer curves: no ceiling where a curve never rises.
struct Ceilings {
    explicit Ceilings(const converters::PhysicalCurves& curves)
    {
        constexpr double none = std::numeric_limits<double>::infinity();
        const auto end_of = [](const std::vector<converters::Knot>& curve) {
            return converters::rises(curve) ? converters::ceiling_of(curve).i_uA : none;
        };
        for (const auto& column : curves.columns) {
            pos_uA.push_back(end_of(column.pos));
            neg_uA.push_back(end_of(column.neg));
        }
    }
    std::vector<double> pos_uA, neg_uA;  ///< [cols]
};

}  // namespace

double choose_current_ratio(const config::TileConfig& config, const mvm::Chip& chip,
                            const Matrix<std::int8_t>& inputs, std::optional<config::Range> cols)
{
    const config::Range counted = cols.value_or(config::Range{0, config.cols});
    const double i_lsb = crossbar::current_lsb_uA(config.crossbar);
    const Ceilings ceilings(chip.curves);
    const crossbar::Crossbar crossbar(config, chip.array);
    crossbar::ColumnWave wave;
    // conversions by the largest ratio that they allow; 0: not even one step
    std::array<std::uint64_t, ratio_steps + 1> allowing{};
    std::uint64_t conversions = 0;
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
            for (std::size_t c = counted.from; c < counted.to; ++c) {
                const double offset = chip.curves.columns[c].input_offset_uA;
                int step = largest_step(most[c] * i_lsb + offset, ceilings.pos_uA[c]);
                if (phase == crossbar::Phase::all) {
                    step = std::min(step,
                                    largest_step(-(least[c] * i_lsb + offset), ceilings.neg_uA[c]));
                }
                ++allowing[static_cast<std::size_t>(step)];
                ++conversions;
            }
        }
    }
    // Choice: half of the 0.1 % that are allowed, so that other vectors keep it, too
    int step = 1;
    std::uint64_t over = allowing[0];
    while (step < ratio_steps &&
           2000 * (over + allowing[static_cast<std::size_t>(step)]) <= conversions) {
        over += allowing[static_cast<std::size_t>(step)];
        ++step;
    }
    return static_cast<double>(step) / ratio_steps;
}

}  // namespace aimc::calibration
