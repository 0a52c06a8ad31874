// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"
#include "aimc/config/tile_config.h"

#include <string>
#include <vector>

namespace aimc::config {

/// A configuration as read: the checked struct, and what was said to get it.
struct LoadedConfig {
    TileConfig tile;
    std::string path;               ///< as given
    std::vector<std::string> sets;  ///< --set arguments, "path.to.key=value", in order
    std::string effective_json;     ///< every key with its value, file names absolute: runs as a
                                    ///< config from any folder
    std::string sha256;             ///< of effective_json with file names as given: the same on
                                    ///< every machine
    std::string explained;          ///< the table that `sim explain` prints
};

/// Reads CONFIG.json strictly: unknown or repeated keys, wrong types, ranges, cross-field rules.
/// All problems come in one ConfigError (exit 2), also that CONFIG.json cannot be read. Comments
/// (// and /* */) are allowed. Only the files that stand for sections are opened; whether a curve
/// file or a workload exists shows when it is read (exit 3).
/// @param sets  overrides "path.to.key=value", later ones win; the value is JSON, or else text.
///              File names in it are relative to CONFIG.json, not to the current folder.
LoadedConfig load_config(const std::string& path, const std::vector<std::string>& sets = {});

/// The same from text; `path` is for messages and for files named in it.
LoadedConfig parse_config(const std::string& text, const std::string& path,
                          const std::vector<std::string>& sets = {});

std::string config_schema();  ///< JSON Schema, draft 7, of an inlined config
std::string config_readme();  ///< configs/README.md: every key with unit, range, default, source

}  // namespace aimc::config
