// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/sweep_file.h"

#include <optional>
#include <string>

namespace aimc::config::detail {

/// "a + b.c - 3": names and whole numbers, added and subtracted, nothing more.
/// @param why  what is wrong when it is not that
std::optional<std::vector<SweepFormula::Term>> parse_formula(const std::string& text,
                                                             std::string& why);

}  // namespace aimc::config::detail
