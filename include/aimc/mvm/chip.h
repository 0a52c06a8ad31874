// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/converters/curves.h"
#include "aimc/crossbar/grid_array.h"
#include "aimc/device/array_state.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace aimc::mvm {

/// All that is fixed once a chip is programmed and its converters are known.
struct Chip {
    crossbar::GridArray array;          ///< of an analog tile, else empty
    converters::PhysicalCurves curves;  ///< of an analog tile, else empty
    double current_ratio = 1.0;         ///< input mirror of the ADCs
    double age_s = 0.0;                 ///< [s] since programming was verified
    Matrix<std::int16_t> weights{};     ///< [rows x cols] of the other kinds, whole numbers
    /// [cols] products that a column sums, for adc.model ams: see products_of. Empty: the tile's
    /// rows.
    std::vector<std::size_t> products{};
    /// Which tile of a system it is, for its random numbers; none: as the configuration says.
    std::optional<std::uint16_t> index{};
};

/// Word lines from the first to the last that hold a weight of a column: the products of its
/// neuron. Choice: a tile knows the weights that were written, not the layers they belong to; a
/// zero between others is a product as well. Layers that share columns count as one neuron.
std::vector<std::size_t> products_of(const device::CellTargets& targets);

/// Programs the cells (device physics, grid) and draws or loads the ADC curves; the weights of the
/// other kinds are stored as they are.
Chip make_chip(const config::TileConfig& config, const device::CellTargets& targets);

/// The whole numbers that a tile of a kind without conductances stores: the codes themselves where
/// they fit its weight bits, else scaled so that full scale is the largest weight, to the nearest,
/// ties away from zero. Codes beyond full scale, which registers may hold for a while, end at the
/// largest weight. [rows x cols]
Matrix<std::int16_t> stored_weights(const config::TileConfig& config,
                                    const device::CellTargets& targets);
/// What one step of a weight code is in stored weights: 1 where codes are stored as they are.
double stored_per_code(const config::TileConfig& config, int full_scale);

/// The curves again for an array that has changed (the ideal line ends where the array does).
converters::PhysicalCurves curves_for(const config::TileConfig& config,
                                      const crossbar::GridArray& array);

/// The most that an oscillator can be made to see: the array, its noise, the input offset, the
/// mirror ratio.                                                                           [uA]
double largest_current_uA(const config::TileConfig& config, const crossbar::GridArray& array);

}  // namespace aimc::mvm
