// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "network_job.h"
#include "shards.h"

#include <functional>
#include <string>
#include <vector>

namespace aimc::apps {

/// Refuses options that parts of a run cannot have. Throws ConfigError (exit 2).
void require_shardable(const Options& options);

/// What the shards of a run have in common. @param job  with its data, not yet wired
ShardJob network_shards(const Options& options, const NetworkJob& job,
                        const config::Network& network);

/// `sim network --shard`: runs images of one chip and writes what they gave into the folder, unless
/// it is there. Interrupted it writes nothing.
/// @param wire  makes the job ready to run
/// @return the exit code
int run_network_shard(NetworkJob& job, const Options& options, const ShardJob& shards,
                      const std::string& folder, const std::function<void()>& wire);

/// `sim network --merge`: fills the wired job with what the shards gave, as if it had been run.
/// Throws InputError (exit 3): see read_shards(); also when two parts of a chip were calibrated to
/// other words.
void merge_network_shards(NetworkJob& job, const std::string& folder, const ShardJob& shards);

/// What a part gave.
struct NetworkPart {
    std::vector<std::uint8_t> float_answers;
    double float_wall_s = 0.0;
    std::vector<NetworkResult> results;  ///< of one chip, age by age, variant by variant
};
/// As CBOR, in which every double is exact.
std::string part_bytes(const NetworkJob& job);
/// Throws std::exception when the bytes are not those of a part.
NetworkPart parse_part(const std::string& bytes);

}  // namespace aimc::apps
