// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/sweep_file.h"

#include <cstddef>
#include <string>
#include <vector>

/// Many configurations of one tile, run once each and laid side by side.
namespace aimc::sweep {

/// One point of a sweep before it is read as a configuration.
struct Point {
    std::vector<std::string> sets;  ///< "path.to.key=value", for the configuration reader
    /// [columns] value as JSON text; null where a listed point says nothing of a free axis
    std::vector<std::string> values;
};

/// What a row says of its point: a swept key or free axis, or a derived key.
struct PointColumn {
    std::string name;
    bool is_derived = false;
    std::size_t axis = 0;  ///< of a swept one; those that walk together have the same
};

/// The points of a sweep by their number: first the grid, its last axis fastest, then the list.
class Points {
public:
    /// @param base  the configuration: what neither a point nor `set` gives is as there
    Points(const config::SweepFile& file, const config::TileConfig& base);

    std::size_t size() const { return file_.n_points(); }
    /// Axes in order, then keys that only the list gives, then derived keys.
    const std::vector<PointColumn>& columns() const { return columns_; }
    /// Throws ConfigError (exit 2) when a listed point lacks what a formula needs.
    Point at(std::size_t index) const;

    /// The `set` of the sweep, for the configuration reader.
    static std::vector<std::string> common_sets(const config::SweepFile& file);

private:
    std::vector<config::SweepValue> given(std::size_t index) const;
    std::string value_of(const config::SweepFormula& formula,
                         const std::vector<config::SweepValue>& given, std::size_t index) const;
    std::string elsewhere(const std::string& key) const;
    bool is_free(const std::string& name) const;

    const config::SweepFile& file_;
    const config::TileConfig& base_;
    std::vector<PointColumn> columns_;
};

}  // namespace aimc::sweep
