// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace aimc::apps {

/// One column of a comparison.
struct Compared {
    std::string name;               ///< of the configuration, with a number if not the first
    std::string path, sha256;       ///< of the configuration
    std::string other_workload;     ///< what is not as in the first one; empty: the same
    std::string out;                ///< folder with its files; empty: none
    nlohmann::ordered_json config;  ///< effective
    nlohmann::ordered_json report = nullptr;  ///< report.json of its run; null: not run
};

/// One figure of every column, out of the reports: a table can say nothing that they do not.
struct CompareRow {
    const char* key;                                       ///< in compare.json
    const char* title;                                     ///< in the table, with the unit
    nlohmann::ordered_json (*value)(const Compared& run);  ///< null: the run has no such figure
    int decimals = -1;        ///< in the table; negative: a whole number or a word
    double times = 1.0;       ///< in the table: 100 for a share in percent
    const char* none = "-";   ///< in the table, for null
    bool is_of_host = false;  ///< not the same in every run
};

/// Of a tile that ran its workload.
const std::vector<CompareRow>& tile_rows();
/// Of tiles that ran a network.
const std::vector<CompareRow>& network_rows();

/// Why an energy is what it is ("Derived: ..."), as the report says; empty: no energy.
std::string energy_tag(const Compared& run);

}  // namespace aimc::apps
