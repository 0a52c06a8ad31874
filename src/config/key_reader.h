// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"
#include "aimc/config/tile_config.h"

#include "source_tree.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// What the keys say, each checked alone.
struct ReadKeys {
    TileConfig tile;               ///< a key with a problem keeps its default
    std::set<std::string> given;   ///< dotted paths that were written, right or wrong
    std::set<std::string> broken;  ///< those with a problem: rules between keys leave them out
    std::map<std::string, std::string> files;  ///< file keys: the name as given
};

ReadKeys read_keys(const SourceTree& tree, std::vector<Problem>& problems);

/// The name a configuration has when it does not say one: "configs/tile/a.json" -> "a".
std::string name_from(const std::string& path);

}  // namespace aimc::config::detail
