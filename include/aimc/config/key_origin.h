// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <string>

namespace aimc::config {

/// Who decided the value that a key has in a configuration; for reports that print such values.
struct KeyOrigin {
    bool is_default = false;
    /// The default's "Source: ...", "Derived: ..." or "Choice: ..."; "given" for any other value:
    /// a tag must not lend its authority to another number.
    std::string tag;
};

/// @param path  dotted, "energy.adc_conversion_pJ"
/// @throws std::invalid_argument  there is no such key
KeyOrigin key_origin(const TileConfig& tile, const std::string& path);

}  // namespace aimc::config
