// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// Where a part of the configuration was written.
struct Origin {
    std::string file;  ///< files named there are relative to this one
    std::string note;  ///< for messages: " (in adc.json)", " (from --set)", or nothing
};

/// All that the user said, as one tree: the file, the files it names for whole sections, and --set.
/// Nothing is checked yet but the syntax.
struct SourceTree {
    nlohmann::json root;                    ///< an object
    std::set<std::string> unread;           ///< sections whose file could not be read
    std::map<std::string, Origin> origins;  ///< by dotted path; a part without one is as its parent

    const Origin& origin_of(const std::string& path) const;
    /// A problem's place: "/adc/count_bits (in adc.json)".
    std::string where(const std::string& path) const;
};

/// Nothing, and at least one more problem, when the text is not a JSON object.
/// @param path  for messages and for the files it names
/// @param sets  "path.to.key=value", later ones win
std::optional<SourceTree> read_tree(const std::string& text, const std::string& path,
                                    const std::vector<std::string>& sets,
                                    std::vector<Problem>& problems);

}  // namespace aimc::config::detail
