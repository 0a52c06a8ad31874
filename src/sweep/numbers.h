// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace aimc::sweep {

/// The shortest text that reads back as the same number, in JSON and in CSV; NaN: `none`.
inline std::string text_of(double value, const char* none)
{
    return std::isfinite(value) ? fmt::format("{}", value) : none;
}

}  // namespace aimc::sweep
