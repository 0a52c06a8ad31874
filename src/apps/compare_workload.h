// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <string>
#include <vector>

namespace aimc::apps {

/// What makes a workload what it is: a digest of the contents of each part, so that it does not
/// matter which file it comes from.
struct WorkloadDigest {
    struct Part {
        const char* name;  ///< in words: "weights", "input vectors" ...
        std::string sha256;
    };
    std::vector<Part> parts;  ///< the same parts in the same order for every workload
};

/// Reads or makes the workload that a configuration asks for. Throws InputError (exit 3).
WorkloadDigest digest_of_workload(const config::TileConfig& config);

/// Which parts of `other` are not those of `first`, in words; empty: the same workload.
std::string difference(const WorkloadDigest& first, const WorkloadDigest& other);

}  // namespace aimc::apps
