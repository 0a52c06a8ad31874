// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aimc::config::detail {

enum Polarity : std::size_t { pos, neg, both };
constexpr std::array<const char*, 3> polarity_names{"pos", "neg", "both"};

/// One line of an ADC curve file.
struct CurveRow {
    double input = 0.0;    ///< magnitude, in the file's unit
    double code = 0.0;     ///< [counts]
    std::size_t line = 0;  ///< from 1
};
using Curve = std::vector<CurveRow>;

/// By column of the array and by polarity, rows as in the file; a curve that is not there is empty.
using CurveTable = std::map<std::uint32_t, std::array<Curve, 3>>;

std::string line_name(std::size_t line);  ///< "line 12"

/// Choice: one point for each code of the widest converter (16 bits); a replay keeps a knot per
/// point and column, so that a million of them would fill the memory.
constexpr std::size_t max_points = 65536;

/// What the description allows in a row.
struct CurveLimits {
    int code_bits;
    double input_max;  ///< in the file's unit
};

/// Reads the rows of a CSV file (interfaces: ADC curve file). What one line shows to be wrong
/// becomes a problem; places are "line N, column K", K counted in bytes from 1.
CurveTable read_curve_csv(std::string_view text, CurveLimits limits, ProblemList& problems);

}  // namespace aimc::config::detail
