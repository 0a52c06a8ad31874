// SPDX-License-Identifier: Apache-2.0
#include "trace_text.h"

#include <fmt/format.h>

namespace aimc::report::trace_text {

namespace {

std::string field_problem(const Layout& layout, std::size_t& rows, const Event& event,
                          const Field& field)
{
    const auto format = field_format(layout, event.stage, field.name);
    if (!format) { return fmt::format("stage {} has no field {}", event.stage, field.name); }
    if (!only(field.digits, hex_digits)) {
        return fmt::format("{}= must be lower-case hex digits", field.name);
    }
    const std::size_t width = n_digits(format->bits);
    if (field.digits.size() % width != 0) {
        return fmt::format("{}= must have {} digits per value", field.name, width);
    }
    std::size_t wanted = event.stage == "dac" ? rows : layout.cols;
    const std::size_t n = field.digits.size() / width;
    if (wanted == 0) { wanted = rows = n; }
    if (n != wanted) {
        return fmt::format("{}= has {} values, must have {}", field.name, n, wanted);
    }
    const std::int64_t span = std::int64_t{1} << format->bits;
    const std::int64_t low = format->is_signed ? -span / 2 : 0;
    for (std::size_t i = 0; i < n; ++i) {
        const std::string_view digits = field.digits.substr(i * width, width);
        const std::int64_t value = to_value(digits, format->is_signed);
        if (value < low || value >= low + span) {
            return fmt::format("{}= {} does not fit {} bits", field.name, digits, format->bits);
        }
    }
    return "";
}

}  // namespace

std::string payload_problem(const Layout& layout, std::size_t& rows, const Event& event)
{
    if (event.stage == "out") {
        return event.payload == "ok=1" ? "" : "an out event must end with ok=1";
    }
    std::string names;
    for (const Field& field : split_fields(event.payload)) {
        const std::string problem = field_problem(layout, rows, event, field);
        if (!problem.empty()) { return problem; }
        names += field.name;
    }
    const bool good = event.stage == "dac" ? names == "x"
                      : event.stage == "adc"
                          ? names == (layout.single ? "p" : "pn")
                          : names == "y" || names == "yr" || names == "s" || names == "sr";
    return good ? "" : fmt::format("stage {} has the wrong fields", event.stage);
}

}  // namespace aimc::report::trace_text
