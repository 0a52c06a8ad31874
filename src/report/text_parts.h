// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/run_result.h"
#include "aimc/report/table.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string>

// How report.txt writes numbers and paragraphs, and the sections that have a file of their own.
namespace aimc::report {

inline std::string grouped(std::uint64_t n)
{
    std::string digits = std::to_string(n);
    for (std::size_t at = digits.size(); at > 3; at -= 3) { digits.insert(at - 3, ","); }
    return digits;
}

/// "none" for what has no finite value, such as the SQNR of an exact result.
inline std::string fixed(double value, int decimals, const char* none = "-")
{
    return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : none;
}

inline std::string percent(std::uint64_t part, std::uint64_t whole)
{
    const double share = whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
    return fmt::format("{:.2f} %", 100.0 * share);
}

inline std::string paragraph(const std::string& text)
{
    std::string all;
    for (const std::string& line : wrap(text, page_width - 2)) { all += "  " + line + '\n'; }
    return all;
}

std::string array_section(const RunResult& r);    ///< programming, faults, IR drop
std::string scheme_section(const RunResult& r);   ///< of a tile of kind pim
std::string digital_section(const RunResult& r);  ///< of a tile of kind digital_cim
std::string ageing_section(const RunResult& r);   ///< empty without a schedule
std::string cost_section(const RunResult& r);     ///< energy, area, hardware

}  // namespace aimc::report
