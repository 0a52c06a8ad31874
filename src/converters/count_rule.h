// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/random.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/crossbar.h"

#include <cstdint>

// What both forms of the converter do with a sum of rates.
namespace aimc::converters::detail {

/// count = min((sum + bias) >> drop, most), a sum being in 2^-fraction counts.
struct CountRule {
    std::int64_t bias = 0;
    int drop = 0;
    std::int64_t most = 0;
};
CountRule count_rule(const config::AdcConfig& config, int fraction);

/// The dead band on the current grid, cut at the largest offset.
std::int32_t deadband_lsb(const config::TileConfig& config);

/// Where the thermal noise of one counter in one conversion is drawn.
Place thermal_place(std::uint64_t seed, std::uint16_t tile, crossbar::Phase phase, int polarity,
                    crossbar::ReadId id);

}  // namespace aimc::converters::detail
