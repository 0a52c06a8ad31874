// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/load.h"

#include <string>

namespace aimc::apps {

/// Throws ConfigError at /tile_kind for a tile that is not analog.
/// @param why  completes 'must be "analog" ...'
void require_analog(const config::LoadedConfig& loaded, const std::string& why);

}  // namespace aimc::apps
