// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace aimc::apps {

/// A part of a job: points of a sweep, or images of one chip of a network. `to` is not in it.
struct ShardRange {
    std::size_t chip = 0, from = 0, to = 0;
};

/// What the command line asks of shards; at most one of the three.
struct ShardOptions {
    bool list = false;                ///< say what there is to share out, and end
    std::optional<ShardRange> range;  ///< run this part alone
    std::string merge;                ///< folder of shards: put them together instead of running
    bool any() const { return list || range || !merge.empty(); }
};

/// The options of commands whose jobs can be run in parts.
/// @param has_chip  whether a part is of one chip: CHIP:FROM:TO instead of FROM:TO
void add_shard_options(CLI::App& app, ShardOptions& options, bool has_chip);

}  // namespace aimc::apps
