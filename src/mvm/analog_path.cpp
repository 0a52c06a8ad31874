// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/analog_path.h"

#include <algorithm>

namespace aimc::mvm {
namespace {

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

AnalogPath::AnalogPath(const config::TileConfig& config, const Chip& chip, SimdLevel simd)
    : read_(config.read),
      crossbar_(drawn_as(config, chip), chip.array, simd),
      adc_(drawn_as(config, chip),
           converters::to_table(chip.curves, crossbar::current_lsb_uA(config.crossbar),
                                chip.current_ratio),
           simd)
{
}

void AnalogPath::read(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch,
                      std::int32_t* c_p, std::int32_t* c_n) const
{
    std::fill(c_p, c_p + crossbar_.cols(), 0);
    std::fill(c_n, c_n + crossbar_.cols(), 0);
    for (const crossbar::Phase phase : crossbar::phases_of(read_, x, crossbar_.rows())) {
        crossbar_.drive(x, phase, id, scratch.wave);
        adc_.convert(scratch.wave, phase, id, c_p, c_n, scratch.events);
    }
    adc_.finish(c_p, c_n, scratch.events);
}

}  // namespace aimc::mvm
