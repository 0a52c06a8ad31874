// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/run_result.h"

#include <vector>

namespace aimc::report {

enum class Better { neither, lower, higher };

/// A figure of a run when it is one of many runs: a column of their table.
struct RowColumn {
    const char* name;
    const char* unit;  ///< empty: none
    Better better;
    const char* meaning;
    double (*value)(const RunResult& run);  ///< NaN: the run has no such figure
};

/// All columns in order. They say what report.json says of the same run: errors of the worst layer
/// (accuracy.mvm) at the first age.
const std::vector<RowColumn>& row_columns();

/// The figures of a run, one per column. What is not finite has no value: NaN.
std::vector<double> row_of(const RunResult& run);

}  // namespace aimc::report
