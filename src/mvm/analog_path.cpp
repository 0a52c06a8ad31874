// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/analog_path.h"

#include <algorithm>

namespace aimc::mvm {
namespace {

/// Vectors whose charges are on the way at once. Choice: they stay in the second-level cache.
constexpr std::size_t most_at_once = 32;

config::TileConfig drawn_as(config::TileConfig config, const Chip& chip)
{
    config.index = chip.index.value_or(config.index);
    return config;
}

}  // namespace

converters::PhysicalCurves curves_for(const config::TileConfig& config,
                                      const crossbar::GridArray& array)
{
    return converters::make_curves(config, largest_current_uA(config, array));
}

double largest_current_uA(const config::TileConfig& config, const crossbar::GridArray& array)
{
    constexpr double sigmas = 6.3;  // where our normals end
    const double driven =
        static_cast<double>(array.largest_current()) * crossbar::current_lsb_uA(config.crossbar);
    return (driven + sigmas * config.adc.input_offset_sd_uA) *
           std::max(config.adc.current_ratio.value_or(1.0), 1.0);
}

Chip make_chip(const config::TileConfig& config, const device::CellTargets& targets)
{
    Chip chip;
    chip.array = crossbar::to_grid(config, device::program_array(config, targets));
    chip.curves = curves_for(config, chip.array);
    chip.current_ratio = config.adc.current_ratio.value_or(1.0);
    chip.age_s = config.device.age_s;
    chip.index = config.index;
    return chip;
}

AnalogPath::AnalogPath(const config::TileConfig& config, const Chip& chip, SimdLevel simd,
                       Window window)
    : read_(config.read),
      crossbar_(drawn_as(config, chip), chip.array, simd, window),
      adc_(drawn_as(config, chip),
           converters::to_table(chip.curves, crossbar::current_lsb_uA(config.crossbar),
                                chip.current_ratio),
           simd, window.cols)
{
    if (!crossbar::ChargeDriver::fits(config, chip.array) ||
        !converters::ChargeAdc::fits(config, adc_.table())) {
        return;
    }
    const config::TileConfig own = drawn_as(config, chip);
    charge_.emplace(
        ChargePath{crossbar::ChargeDriver(own, chip.array, simd, window),
                   converters::ChargeAdc(own, adc_.table(), crossbar_.col_range(), simd)});
}

void AnalogPath::read_one(const std::int8_t* x, const crossbar::PhaseList& phases,
                          crossbar::ReadId id, Scratch& scratch, std::int32_t* c_p,
                          std::int32_t* c_n) const
{
    std::fill(c_p, c_p + crossbar_.cols(), 0);
    std::fill(c_n, c_n + crossbar_.cols(), 0);
    for (const crossbar::Phase phase : phases) {
        crossbar_.drive(x, phase, id, scratch.wave);
        adc_.convert(scratch.wave, phase, id, c_p, c_n, scratch.events);
    }
    adc_.finish(c_p, c_n, scratch.events);
}

void AnalogPath::watch(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch) const
{
    for (const crossbar::Phase phase : crossbar::phases_of(read_, x, crossbar_.rows())) {
        crossbar_.drive(x, phase, id, scratch.wave);
        adc_.watch(scratch.wave, phase == crossbar::Phase::all, scratch.events);
    }
}

void AnalogPath::read(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch,
                      std::int32_t* c_p, std::int32_t* c_n) const
{
    const std::int8_t* driven = x + crossbar_.row_range().from;
    if (charge_) {
        read_batch(driven, crossbar_.rows(), 1, id, scratch, c_p, c_n);
        return;
    }
    read_one(driven, crossbar::phases_of(read_, driven, crossbar_.rows()), id, scratch, c_p, c_n);
}

void AnalogPath::read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                            crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p,
                            std::int32_t* c_n, int* phases) const
{
    const std::size_t cols = crossbar_.cols();
    if (!charge_) {
        for (std::size_t k = 0; k < n; ++k) {
            const auto of_read = crossbar::phases_of(read_, x + k * x_stride, crossbar_.rows());
            read_one(x + k * x_stride, of_read, {first.read + k, first.calibration}, scratch,
                     c_p + k * cols, c_n + k * cols);
            if (phases != nullptr) { phases[k] = static_cast<int>(of_read.size()); }
        }
        return;
    }
    std::fill(c_p, c_p + n * cols, 0);
    std::fill(c_n, c_n + n * cols, 0);
    for (std::size_t k = 0; k < n; k += most_at_once) {
        const std::size_t some = std::min(most_at_once, n - k);
        const crossbar::ReadId id{first.read + k, first.calibration};
        charge_->driver.drive(x + k * x_stride, x_stride, some, id, scratch.charges);
        charge_->adc.convert(scratch.charges, id, scratch.adc, c_p + k * cols, c_n + k * cols,
                             scratch.events);
        for (std::size_t i = 0; i < some; ++i) {
            if (phases != nullptr) { phases[k + i] = scratch.charges.n_phases(i); }
            const crossbar::ReadId own{id.read + i, id.calibration};
            if (adc_.watches(own)) { watch(x + (k + i) * x_stride, own, scratch); }
        }
    }
    adc_.finish(c_p, c_n, scratch.events, n);
}

}  // namespace aimc::mvm
