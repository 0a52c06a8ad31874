// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/report/trace.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

/// The grammar of aimc-trace/1, shared by the parser and the comparison.
namespace aimc::report::trace_text {

/// Hex digits of one value. @param bits  its width
constexpr std::size_t n_digits(int bits) { return static_cast<std::size_t>((bits + 3) / 4); }

/// What the header says about the payloads.
struct Layout {
    int x = 0, count = 0, y = 0, partial = 0, residual = 0;  ///< widths [bits]
    std::string_view unit;                                   ///< "nmpu" or "ldpu"
    bool single = false;                                     ///< one signed count per column
    std::size_t cols = 0;
};

/// From header lines that have been checked.
Layout read_layout(const std::vector<std::string>& head_lines);

/// One event line, taken apart; the views point into it.
struct Event {
    std::uint64_t cycle = 0;
    std::string_view stage;
    std::uint64_t mvm = 0;
    std::string_view payload;
    std::tuple<std::uint64_t, std::string_view, std::uint64_t> key() const
    {
        return {cycle, stage, mvm};
    }
};
std::optional<Event> split_event(std::string_view line);

/// `name=digits` of a payload.
struct Field {
    std::string_view name;
    std::string_view digits;
};
std::vector<Field> split_fields(std::string_view payload);

/// How the digits of a field are to be read.
struct FieldFormat {
    int bits = 0;
    bool is_signed = false;
    const char* axis = "column";  ///< what is counted from the left: "row" or "column"
    const char* label = "";       ///< as the machine description writes it: c+
};
std::optional<FieldFormat> field_format(const Layout& layout, std::string_view stage,
                                        std::string_view field);

/// What is wrong with the payload of an event, or nothing. @param rows  of all dac events; 0 before
/// the first one, which sets it
std::string payload_problem(const Layout& layout, std::size_t& rows, const Event& event);

/// Lines of the header that the outputs depend on; seeds and overrides only matter through the
/// events. The first is `# widths`, the second the unit, then one per column.
std::vector<std::string_view> lines_that_matter(const ParsedTrace& trace);
std::optional<std::string> header_difference(const ParsedTrace& golden, const ParsedTrace& actual);

/// A line for a message, cut when it is long.
std::string quote(std::string_view line);

/// Value of one group of lower-case hex digits.
std::int64_t to_value(std::string_view digits, bool is_signed);

/// Plain decimal without sign or leading zero.
std::optional<std::uint64_t> to_unsigned(std::string_view text);

/// The words of a line; two spaces in a row give an empty word.
std::vector<std::string_view> split(std::string_view line, char separator = ' ');

constexpr std::string_view hex_digits = "0123456789abcdef";

/// Not empty, and made of these characters.
inline bool only(std::string_view text, std::string_view allowed)
{
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

inline bool starts_with(std::string_view text, std::string_view start)
{
    return text.substr(0, start.size()) == start;
}

}  // namespace aimc::report::trace_text
