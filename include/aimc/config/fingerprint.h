// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <string>
#include <vector>

/// What a run depends on beside the program: for those who reuse results of an earlier one.
namespace aimc::config {

/// Every file that a configuration reads, in order of its keys: those it names, a curve file's
/// sidecar, and the arrays (.npy) that a JSON file among them names. Throws InputError if one of
/// the JSON files cannot be read.
std::vector<std::string> input_files(const TileConfig& config);

/// All keys with their values, but for those that nothing before the post unit depends on (formats
/// and timing of the units, the buffers). Two configurations with the same text have, if their
/// files have the same contents, the same chip, the same workload and, for the same inputs, the
/// same counts. A key that is not known to be without effect is in it.
std::string analog_half(const TileConfig& config);

}  // namespace aimc::config
