// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <vector>

namespace aimc::schemes {

/// The straight line of every physical column of one tile, fixed when it is made:
/// code = round(gain * s / step + offset + noise). The same for all groups and slices.
struct ColumnErrors {
    std::vector<double> gain;    ///< [physical columns x tile cols] [-] about 1
    std::vector<double> offset;  ///< [physical columns x tile cols] [LSB of the converter]
};

/// Draws them with seed.device, for each physical column of an output by itself: gain ~ N(1,
/// pim.gain_sd), offset ~ N(0, pim.offset_sd_lsb). Source: PIM-QAT, machine-made list of its
/// figures, for the two distributions. Choice: the offset's unit, which is not stated there, is the
/// converter's LSB; the columns behind one output (W+ and W-, or the weight bits) are independent.
ColumnErrors draw_column_errors(const config::TileConfig& config);

}  // namespace aimc::schemes
