// SPDX-License-Identifier: Apache-2.0
#include "trace_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace aimc::report::trace_text {

namespace {

/// Longest piece of an event that is quoted. [characters]
constexpr std::size_t max_quote = 72;

}  // namespace

std::string quote(std::string_view line)
{
    return line.size() <= max_quote ? std::string(line)
                                    : std::string(line.substr(0, max_quote)) + "...";
}

std::vector<std::string_view> lines_that_matter(const ParsedTrace& trace)
{
    std::vector<std::string_view> lines;
    for (const std::string& line : trace.head_lines) {
        for (const char* start : {"# widths ", "# nmpu ", "# ldpu ", "# affine"}) {
            if (starts_with(line, start)) { lines.emplace_back(line); }
        }
    }
    return lines;
}

namespace {

/// Which part of a header line word `i` is.
std::string header_place(const std::vector<std::string_view>& words, std::size_t i)
{
    static constexpr const char* nmpu_words[] = {"s_p", "s_n", "o_p", "o_n"};
    static constexpr const char* ldpu_words[] = {"s_p", "s_n", "o", "gamma", "beta"};
    const bool is_hex = words[1] == "affine16";
    if ((is_hex || words[1] == "affine") && i >= 3) {
        return fmt::format("affine words of column {}, {}", words[2],
                           is_hex ? ldpu_words[i - 3] : nmpu_words[i - 3]);
    }
    return fmt::format("{} {}", words[1], words[i].substr(0, words[i].find('=')));
}

}  // namespace

std::optional<std::string> header_difference(const ParsedTrace& golden, const ParsedTrace& actual)
{
    const auto expected = lines_that_matter(golden);
    const auto got = lines_that_matter(actual);
    for (std::size_t i = 0; i < std::min(expected.size(), got.size()); ++i) {
        if (expected[i] == got[i]) { continue; }
        const auto a = split(expected[i]);
        const auto b = split(got[i]);
        if (a[1] != b[1] || a.size() != b.size()) {
            return fmt::format("header: expected \"{}\", got \"{}\"", quote(expected[i]),
                               quote(got[i]));
        }
        const auto word = static_cast<std::size_t>(
            std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
        const auto value = [](std::string_view w) { return w.substr(w.find('=') + 1); };
        return fmt::format("header, {}: expected {}, got {}", header_place(a, word), value(a[word]),
                           value(b[word]));
    }
    if (expected.size() != got.size()) {
        return fmt::format("header: expected {} columns, got {}",
                           read_layout(golden.head_lines).cols,
                           read_layout(actual.head_lines).cols);
    }
    return std::nullopt;
}

}  // namespace aimc::report::trace_text
