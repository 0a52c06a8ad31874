// SPDX-License-Identifier: Apache-2.0
#include "kind_checks.h"

#include "aimc/base/error.h"
#include "aimc/config/words.h"

#include <fmt/format.h>

#include <vector>

namespace aimc::apps {

void require_analog(const config::LoadedConfig& loaded, const std::string& why)
{
    if (loaded.tile.kind == config::TileKind::analog) { return; }
    throw ConfigError(
        loaded.path,
        std::vector<Problem>{{"/tile_kind", fmt::format("is \"{}\", must be \"analog\" {}",
                                                        word_of(loaded.tile.kind), why)}});
}

}  // namespace aimc::apps
