// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sweep/journal.h"

#include "options.h"
#include "shards.h"
#include "sweep_points.h"

#include <string>
#include <vector>

namespace aimc::apps {

/// Names of the columns of a journal and of a shard.
std::vector<std::string> row_columns();

/// What the shards of a sweep have in common.
ShardJob sweep_job(const config::SweepFile& file, const SweepPoints& sweep);

/// `sim sweep --shard`: runs the points of a range and writes them into the folder, unless they are
/// there. Interrupted it writes nothing. @return the exit code
int run_sweep_shard(const Options& options, const config::SweepFile& file, const SweepPoints& sweep,
                    const std::string& folder);

/// The rows of all points, each key once, in the order of the points. Throws InputError (exit 3):
/// see read_shards(); also when a shard lacks a point, because a file of it is another one today.
std::vector<sweep::JournalRow> merged_rows(const std::string& folder, const ShardJob& job,
                                           const CheckedPoints& checked);

}  // namespace aimc::apps
