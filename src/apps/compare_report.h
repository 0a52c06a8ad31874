// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compare_rows.h"

#include <string>
#include <vector>

namespace aimc::apps {

/// Several tiles beside each other.
struct Comparison {
    std::vector<Compared>
        runs;  ///< in the order of the command line; those without report left out
    const std::vector<CompareRow>* rows = nullptr;
    std::string notes;          ///< what the rows are, for those who read the table
    std::size_t asked_for = 0;  ///< configurations; more than runs: interrupted
    bool is_complete() const { return runs.size() == asked_for; }
};

/// A table within 100 columns, one column per configuration, in blocks when there are many.
std::string compare_text(const Comparison& comparison);
std::string compare_json(const Comparison& comparison);  ///< aimc-compare/1

}  // namespace aimc::apps
