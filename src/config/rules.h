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
void add_post_rules(std::vector<Rule>& all);

/// Conductance of the largest weight: what is given, else the largest of the device model. [uS]
double g_max_uS(const DeviceConfig& device);
/// Cycles after the last phase: what is given, else what the published rates leave. [cycles]
int n_overhead(const ReadConfig& read);

}  // namespace aimc::config::detail
