// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace aimc::apps {

/// `sim sweep`: runs what is missing of a sweep and writes results.csv, results.json, sweep.json
/// and manifest.json to the results folder, where points.jsonl has every finished point.
/// Interrupted it finishes the points in flight and writes what there is. @return the exit code
int sweep_command(const Options& options);

}  // namespace aimc::apps
