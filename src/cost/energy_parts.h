// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/cost/energy.h"

#include <optional>

namespace aimc::cost::detail {

/// A part with its tag, "given" included.
/// @param energy      per MVM [nJ]
/// @param is_default  stays true only if this one is
EnergyPart part(const config::TileConfig& tile, const char* key, std::optional<double> energy,
                bool& is_default);
/// What the post unit takes, which tiles of every kind have.
EnergyPart post_part(const config::TileConfig& tile, bool& is_default);
/// Adds the post unit to what is read, and what is then known of the whole.
void finish(const config::TileConfig& tile, EnergyReport& report);

}  // namespace aimc::cost::detail
