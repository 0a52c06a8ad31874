// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace aimc::config {

/// A key, or the name of a free axis, with a value as JSON text: {"nmpu.cut", "5"}.
using SweepValue = std::pair<std::string, std::string>;

/// One axis of the grid. `names` walk together: one key, several keys, or one free name that is no
/// key and is used by formulas only.
struct SweepAxis {
    std::vector<std::string> names;
    bool is_free = false;
    std::vector<std::vector<std::string>> steps;  ///< [values][names] as JSON text
};

/// key = sum of terms, whole numbers.
struct SweepFormula {
    struct Term {
        int sign = 1;
        std::string name;  ///< a key or a free axis; empty: `constant`
        std::int64_t constant = 0;
    };
    std::string key;
    std::string text;  ///< as given
    std::vector<Term> terms;
};

/// An aimc-sweep/1 file, checked: names and single values are good; what a point as a whole is
/// worth shows when it is read as a configuration.
struct SweepFile {
    std::string path;                  ///< as given
    std::string name;                  ///< default: the file's name without .json
    std::string config;                ///< as seen from the working folder
    std::vector<SweepValue> set;       ///< of every point
    std::vector<SweepAxis> axes;       ///< the last one walks fastest; none: no grid
    std::vector<SweepFormula> derive;  ///< of every point that does not give the key itself
    std::vector<std::vector<SweepValue>> points;  ///< a list, after the grid
    bool skip_invalid = false;                    ///< points that the rules of CONFIG refuse
    std::string objective;                        ///< column of the front

    std::size_t grid_points() const;
    std::size_t n_points() const { return grid_points() + points.size(); }
};

inline constexpr std::size_t most_sweep_points = 1'000'000;  ///< Choice: a day at 12 points/s

/// Reads a sweep strictly; comments are allowed. All problems come in one ConfigError (exit 2).
/// File names among the values are, as with --set, relative to the configuration.
/// @param sets  "path.to.key=value", more of `set`
SweepFile load_sweep(const std::string& path, const std::vector<std::string>& sets = {});

/// The value of a key as JSON text; of a file its name without folders.
std::string key_text(const TileConfig& config, const std::string& key);
std::string key_unit(const std::string& key);  ///< empty: none, or no key

}  // namespace aimc::config
