// SPDX-License-Identifier: Apache-2.0
#include "trace_text.h"

#include <limits>

namespace aimc::report::trace_text {

std::vector<std::string_view> split(std::string_view line, char separator)
{
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t end = line.find(separator);
        words.push_back(line.substr(0, end));
        if (end == std::string_view::npos) { return words; }
        line.remove_prefix(end + 1);
    }
}

std::optional<std::uint64_t> to_unsigned(std::string_view text)
{
    if (text.empty() || (text.size() > 1 && text.front() == '0')) { return std::nullopt; }
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') { return std::nullopt; }
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
            return std::nullopt;
        }
        value = value * 10 + digit;
    }
    return value;
}

std::int64_t to_value(std::string_view digits, bool is_signed)
{
    std::int64_t value = 0;
    for (const char c : digits) { value = value * 16 + (c <= '9' ? c - '0' : c - 'a' + 10); }
    const std::int64_t span = std::int64_t{1} << (4 * digits.size());
    return is_signed && value >= span / 2 ? value - span : value;
}

Layout read_layout(const std::vector<std::string>& head_lines)
{
    Layout layout;
    for (const std::string& line : head_lines) {
        const auto words = split(line);
        if (words.size() < 2) { continue; }
        if (words[1] == "widths") {
            int* const widths[] = {&layout.x, &layout.count, &layout.y, &layout.partial,
                                   &layout.residual};
            for (std::size_t i = 0; i < 5 && i + 2 < words.size(); ++i) {
                const std::string_view word = words[i + 2];
                const auto value = to_unsigned(word.substr(word.find('=') + 1));
                *widths[i] = static_cast<int>(value.value_or(0));
            }
        } else if (words[1] == "nmpu" || words[1] == "ldpu") {
            layout.unit = words[1] == "nmpu" ? "nmpu" : "ldpu";
            layout.single = words.size() > 2 && words[2] == "branch=single";
        } else if (starts_with(words[1], "affine")) {
            ++layout.cols;
        }
    }
    return layout;
}

std::optional<Event> split_event(std::string_view line)
{
    Event event;
    std::string_view numbers[2];
    std::string_view* const parts[] = {&numbers[0], &event.stage, &numbers[1]};
    for (std::string_view* part : parts) {
        const std::size_t end = line.find(' ');
        if (end == std::string_view::npos) { return std::nullopt; }
        *part = line.substr(0, end);
        line.remove_prefix(end + 1);
    }
    const auto cycle = to_unsigned(numbers[0]);
    const auto mvm = to_unsigned(numbers[1]);
    if (!cycle || !mvm) { return std::nullopt; }
    event.cycle = *cycle;
    event.mvm = *mvm;
    event.payload = line;
    return event;
}

std::vector<Field> split_fields(std::string_view payload)
{
    std::vector<Field> fields;
    for (const std::string_view word : split(payload)) {
        const std::size_t equals = word.find('=');
        const bool named = equals != std::string_view::npos;
        fields.push_back({word.substr(0, equals), named ? word.substr(equals + 1) : ""});
    }
    return fields;
}

std::optional<FieldFormat> field_format(const Layout& layout, std::string_view stage,
                                        std::string_view field)
{
    if (stage == "dac" && field == "x") { return FieldFormat{layout.x, true, "row", "x"}; }
    if (stage == "adc" && field == "p") {
        return FieldFormat{layout.count, layout.single, "column", layout.single ? "c" : "c+"};
    }
    if (stage == "adc" && field == "n" && !layout.single) {
        return FieldFormat{layout.count, false, "column", "c-"};
    }
    if (stage == layout.unit) {
        if (field == "y") { return FieldFormat{layout.y, true, "column", "y"}; }
        if (field == "s") { return FieldFormat{layout.partial, true, "column", "partial sum"}; }
        if (field == "r") { return FieldFormat{layout.residual, true, "column", "residual"}; }
    }
    return std::nullopt;
}

}  // namespace aimc::report::trace_text
