// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/network/plan.h"
#include "aimc/network/program.h"

#include <cstdint>
#include <vector>

namespace aimc::network {

/// Whether two blocks of a layer sit on one tile, so that its blocks take turns.
bool takes_turns(const LayerPlan& layer);

/// What the vectors of one image take on the tiles of one layer, back to back.  [cycles]
/// Partial sums go down a chain as the timing recurrence says. Choice: when two blocks of a layer
/// sit on one tile, its blocks take turns.
/// @param phases  [blocks][n] of each read
std::uint64_t layer_cycles(const config::TileConfig& tile, const LayerPlan& layer, const Step& step,
                           const std::vector<std::vector<int>>& phases);

/// A machine at work on image after image.
/// Choice: what happens outside the tiles (im2col, pools, additions) takes no time, and a layer
/// starts when the one before it has done its last vector.
struct MachineTime {
    std::uint64_t latency = 0;  ///< [cycles] one image, all layers
    /// [cycles] between two images: the busiest tile's. A layer whose blocks take turns is booked
    /// whole to each of its tiles: an upper bound.
    std::uint64_t interval = 0;
    std::size_t busiest = 0;          ///< that tile
    std::size_t bottleneck = 0;       ///< layer with most cycles on the busiest tile
    std::vector<double> utilisation;  ///< [layers] share of the interval that it is busy
};
/// @param cycles  [layers] per image
MachineTime machine_time(const Plan& plan, const std::vector<std::uint64_t>& cycles);

}  // namespace aimc::network
