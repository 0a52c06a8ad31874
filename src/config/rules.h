// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <functional>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// What several keys must be together. `check` gives the message about the first key, or nothing.
struct Rule {
    std::vector<std::string> keys;  ///< dotted paths; the rule waits until each of them is right
    std::string text;               ///< for configs/README.md
    std::function<std::string(const TileConfig&)> check;
};

const std::vector<Rule>& rules();

void add_tile_rules(std::vector<Rule>& all);
void add_device_rules(std::vector<Rule>& all);
void add_post_rules(std::vector<Rule>& all);
void add_kind_rules(std::vector<Rule>& all);

}  // namespace aimc::config::detail
