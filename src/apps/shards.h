// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shard_options.h"

#include <cstddef>
#include <string>
#include <vector>

/// A long job in parts that run anywhere, in any order, and are put together afterwards.
namespace aimc::apps {

/// What all shards of a job have in common.
struct ShardJob {
    enum class Kind { sweep, network };
    Kind kind = Kind::sweep;
    std::string name;       ///< of the sweep or the network
    std::string key;        ///< SHA-256 of everything that the results depend on
    std::size_t chips = 1;  ///< of a sweep: 1
    std::size_t items = 0;  ///< points, or images per chip
};

/// A part that has been run, as read from its file.
struct Shard {
    std::string path;
    ShardRange range;
    std::string contents;
};

/// As it stands on the command line.
std::string to_text(const ShardJob& job, const ShardRange& range);

/// Version and SHA-256 of the running program: results of another one are not results.
const std::string& program_identity();

/// The job as JSON, for whoever shares it out (aimc-shards/1).
std::string shards_json(const ShardJob& job);

/// Throws ConfigError (exit 2) for a range that the job does not have.
void require_within(const ShardJob& job, const ShardRange& range);

/// The file of a shard in a folder. Same job and same range: same name.
std::string shard_path(const std::string& folder, const ShardJob& job, const ShardRange& range);

/// Whether that file is there, whole, and of this job. @param note  what is wrong with one that
/// is there and is to be made anew; else empty
bool has_shard(const std::string& folder, const ShardJob& job, const ShardRange& range,
               std::string& note);

/// One line of JSON (aimc-shard/1) with the SHA-256 of the contents behind it; whole or not at all.
/// Throws OutputError (exit 5).
void write_shard(const std::string& folder, const ShardJob& job, const ShardRange& range,
                 const std::string& contents);

/// All shards of the folder, by chip and range. Throws InputError (exit 3) for a shard that is
/// damaged or of another job or program, for parts that are missing or there twice.
std::vector<Shard> read_shards(const std::string& folder, const ShardJob& job);

}  // namespace aimc::apps
