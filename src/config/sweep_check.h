// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"
#include "aimc/config/sweep_file.h"

#include "key_table.h"

#include <string>
#include <vector>

namespace aimc::config::detail {

/// The key of this name; if there is none, that is a problem, and nullptr.
const Key* known_key(const std::string& name, const std::string& where,
                     std::vector<Problem>& problems);

/// What is wrong between the parts of a sweep: names given twice or not known, formulas of what is
/// not there, too many points.
void check_sweep(const SweepFile& sweep, std::vector<Problem>& problems);

}  // namespace aimc::config::detail
