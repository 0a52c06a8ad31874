// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

namespace aimc::config {

/// The input codes that a tile takes, both ends included.
struct InputCodes {
    int least = -127;
    int largest = 127;
    int count() const { return largest - least + 1; }
};

/// Of a tile: symmetric, or from 0 where inputs have no sign.
inline InputCodes input_codes(const TileConfig& tile)
{
    const int largest = largest_input(tile);
    return {takes_negative_inputs(tile) ? -largest : 0, largest};
}

}  // namespace aimc::config
