// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace aimc::apps {

/// What `sim network` is asked for, beside what all commands share.
struct NetworkOptions {
    std::string tile;         ///< CONFIG.json of every tile
    std::string data;         ///< KIND:PATH of the test images
    std::string calibration;  ///< file of training images; empty: beside the data
    std::size_t images = 0;   ///< 0: all
    std::size_t calibration_images = 256;
    std::size_t chips = 1;
    std::string tiles = "all";  ///< all, least or a number
    std::vector<std::string> variants{"float", "ldpu", "nmpu"};
    bool replicate_rows = false;
    std::size_t replicate_over = 1;  ///< tiles that the copies of a layer may take
    bool plan_only = false;
    bool save_words = false, save_layers = false, save_scores = false;
    bool wants(const char* variant) const
    {
        for (const auto& v : variants) {
            if (v == variant) { return true; }
        }
        return false;
    }
};

/// The options of `sim network` that no other command has.
void add_network_options(CLI::App& app, NetworkOptions& options);
/// Notes one word of --save; false when it is none of scores, layers, words.
bool save(const std::string& what, NetworkOptions& options);

}  // namespace aimc::apps
