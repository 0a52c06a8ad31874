// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace aimc::apps {

struct NetworkOptions;

/// What `sim compare` is asked for, beside what all commands share.
struct CompareOptions {
    std::vector<std::string> configs;  ///< at least two CONFIG.json
    std::string network;               ///< aimc-network/1 to run on each; empty: the tile's vectors
};

/// The options of `sim compare` that no other command has.
void add_compare_options(CLI::App& app, CompareOptions& options, NetworkOptions& of_network);

}  // namespace aimc::apps
