// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/chip.h"

#include "aimc/crossbar/crossbar.h"

#include <algorithm>
#include <cstdlib>

namespace aimc::mvm {

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

std::vector<std::size_t> products_of(const device::CellTargets& targets)
{
    std::vector<std::size_t> products(targets.codes.cols(), 0);
    std::vector<std::size_t> first(targets.codes.cols(), 0);
    for (std::size_t r = 0; r < targets.codes.rows(); ++r) {
        const std::int16_t* const codes = targets.codes.row(r);
        for (std::size_t c = 0; c < products.size(); ++c) {
            if (codes[c] == 0) { continue; }
            if (products[c] == 0) { first[c] = r; }
            products[c] = r + 1 - first[c];
        }
    }
    return products;
}

Matrix<std::int16_t> stored_weights(const config::TileConfig& config,
                                    const device::CellTargets& targets)
{
    const int largest = config::largest_weight(config);
    Matrix<std::int16_t> weights = targets.codes;
    const auto held = static_cast<std::int16_t>(largest);
    for (std::int16_t& w : weights.data()) {
        if (targets.full_scale <= largest) {
            w = std::clamp<std::int16_t>(w, static_cast<std::int16_t>(-held), held);
            continue;
        }
        const std::int64_t code = w;
        // nearest, ties away from zero
        const std::int64_t scaled =
            (2 * std::abs(code) * largest + targets.full_scale) / (2 * targets.full_scale);
        const std::int64_t word = std::min<std::int64_t>(scaled, largest);
        w = static_cast<std::int16_t>(code < 0 ? -word : word);
    }
    return weights;
}

double stored_per_code(const config::TileConfig& config, int full_scale)
{
    const int largest = config::largest_weight(config);
    return full_scale <= largest ? 1.0 : static_cast<double>(largest) / full_scale;
}

Chip make_chip(const config::TileConfig& config, const device::CellTargets& targets)
{
    Chip chip;
    chip.index = config.index;
    if (config.kind != config::TileKind::analog) {
        chip.weights = stored_weights(config, targets);
        return chip;
    }
    chip.array = crossbar::to_grid(config, device::program_array(config, targets));
    chip.curves = curves_for(config, chip.array);
    chip.current_ratio = config.adc.current_ratio.value_or(1.0);
    chip.age_s = config.device.age_s;
    if (config.adc.model == config::AdcModel::ams) { chip.products = products_of(targets); }
    return chip;
}

}  // namespace aimc::mvm
