// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstddef>
#include <cstdint>

namespace aimc::digital {

/// Cycles in which input bits of a vector are broadcast: ceil(b_i / bits per cycle), or with
/// digital.skip_zero_planes those of them in which some input has a bit set; at least 1.
/// @param x  [rows] input codes of the part of the tile that is read
int n_steps(const config::DigitalConfig& digital, const std::int8_t* x, std::size_t rows);

}  // namespace aimc::digital
