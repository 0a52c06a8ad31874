// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/row.h"
#include "aimc/sweep/points.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace aimc::sweep {

/// A point that has been run.
struct Row {
    std::size_t index = 0;      ///< of the point
    std::string config_sha256;  ///< as in the report of the same run
    config::PostUnit post = config::PostUnit::nmpu;
    std::vector<std::string> values;  ///< [swept] JSON text
    std::vector<double> figures;      ///< [row_columns()]
};

/// A point that the rules of the configuration refuse.
struct Refused {
    std::size_t index = 0;
    std::vector<std::string> values;
    std::string why;
};

/// The points that no other dominates: of the objective and one cost, or of it and all costs.
/// The hardware proxies rank variants of one post unit, so each unit has fronts of its own.
struct Front {
    std::string name;  ///< "all", or the cost
    config::PostUnit post = config::PostUnit::nmpu;
    std::vector<std::string> columns;  ///< the objective first
    std::vector<std::size_t> rows;     ///< places in Results::rows, by rising objective
};

/// All that a sweep found. No times, no host: the same bytes on every machine.
struct Results {
    std::string name, config_name, config_sha256;  ///< of the configuration with the sweep's `set`
    std::string objective;
    std::size_t n_points = 0;  ///< of the definition, refused ones included
    std::vector<PointColumn> swept;
    std::vector<Row> rows;  ///< by index; of an interrupted sweep those that are there
    std::vector<Refused> refused;
    bool complete = true;
};

/// The column that an objective names. Throws ConfigError (exit 2) that names what can be.
const report::RowColumn& objective_column(const std::string& name, const std::string& file);

/// Error against hardware: one front for each cost, then that of all costs together.
std::vector<Front> fronts_of(const Results& results);

/// One line per row, with the fronts as columns of 0 and 1; "# incomplete" ends an interrupted one.
std::string results_csv(const Results& results);
std::string results_json(const Results& results);  ///< "format": "aimc-sweep-results/1"
std::string results_text(const Results& results);  ///< for the terminal, at most 100 columns

}  // namespace aimc::sweep
