// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/trace.h"

#include "trace_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace aimc::report {

namespace {

using namespace trace_text;

std::string place(const Event& event)
{
    return fmt::format("cycle {}, stage {}, MVM {}", event.cycle, event.stage, event.mvm);
}

const std::string* find(const ParsedTrace& trace, std::string_view stage, std::uint64_t mvm)
{
    const auto found =
        std::find_if(trace.events.begin(), trace.events.end(), [&](const std::string& line) {
            const auto event = split_event(line);
            return event && event->mvm == mvm && event->stage == stage;
        });
    return found == trace.events.end() ? nullptr : &*found;
}

/// Whether what went into this stage was the same in both, in one line.
std::string upstream(const ParsedTrace& golden, const ParsedTrace& actual, const Event& event)
{
    const Layout layout = read_layout(golden.head_lines);
    struct Source {
        std::string_view stage, feeds;
        const char* what;
    };
    const Source sources[] = {
        {"dac", "adc", "inputs"}, {"adc", layout.unit, "counts"}, {layout.unit, "out", "outputs"}};
    for (const Source& source : sources) {
        if (source.feeds != event.stage) { continue; }
        const std::string* a = find(golden, source.stage, event.mvm);
        const std::string* b = find(actual, source.stage, event.mvm);
        if (a == nullptr || b == nullptr) {
            return fmt::format("\n  upstream {} event of MVM {} is missing", source.stage,
                               event.mvm);
        }
        const Event was = *split_event(*a);
        const Event is = *split_event(*b);
        return fmt::format("\n  upstream {} {}{}", source.what,
                           was.payload == is.payload ? "equal" : "differ",
                           was.cycle == is.cycle
                               ? fmt::format(" (cycle {})", was.cycle)
                               : fmt::format(" (cycle: expected {}, got {})", was.cycle, is.cycle));
    }
    return "";
}

/// Counts and affine words of the column whose output differs: enough to work it out by hand.
std::string column_facts(const ParsedTrace& golden, const Event& event, std::size_t column)
{
    const Layout layout = read_layout(golden.head_lines);
    const std::string* counts = find(golden, "adc", event.mvm);
    if (event.stage != layout.unit || counts == nullptr) { return ""; }
    std::string text = fmt::format("\n  golden column {}:", column);
    for (const Field& field : split_fields(split_event(*counts)->payload)) {
        const auto format = field_format(layout, "adc", field.name);
        const std::size_t width = n_digits(format->bits);
        const auto digits = field.digits.substr(column * width, width);
        text += fmt::format(" {} = {},", format->label, to_value(digits, format->is_signed));
    }
    return text + " " + std::string(lines_that_matter(golden)[2 + column].substr(2));
}

std::string value_change(const ParsedTrace& golden, const ParsedTrace& actual, const Event& was,
                         const Event& is)
{
    const Layout layout = read_layout(golden.head_lines);
    const auto a = split_fields(was.payload);
    const auto b = split_fields(is.payload);
    for (std::size_t f = 0; f < std::min(a.size(), b.size()); ++f) {
        if (a[f].digits == b[f].digits && a[f].name == b[f].name) { continue; }
        const auto format = field_format(layout, was.stage, a[f].name);
        if (!format || a[f].name != b[f].name || a[f].digits.size() != b[f].digits.size()) {
            break;
        }
        const std::size_t width = n_digits(format->bits);
        std::size_t first = a[f].digits.size(), differing = 0;
        for (std::size_t at = 0; at < a[f].digits.size(); at += width) {
            if (a[f].digits.substr(at, width) == b[f].digits.substr(at, width)) { continue; }
            first = std::min(first, at);
            ++differing;
        }
        const auto expected = a[f].digits.substr(first, width);
        const auto got = b[f].digits.substr(first, width);
        return fmt::format(
                   "{}, {} {}, {}: expected {}, got {}\n"
                   "  as numbers: expected {}, got {}; {} of {} {}s differ in {}",
                   place(was), format->axis, first / width, format->label, expected, got,
                   to_value(expected, format->is_signed), to_value(got, format->is_signed),
                   differing, a[f].digits.size() / width, format->axis, format->label) +
               column_facts(golden, was, first / width) + upstream(golden, actual, was);
    }
    return fmt::format("{}: expected \"{}\", got \"{}\"", place(was), quote(was.payload),
                       quote(is.payload)) +
           upstream(golden, actual, was);
}

std::string cycle_change(const ParsedTrace& golden, const ParsedTrace& actual, const Event& was,
                         const Event& is)
{
    const bool late = is.cycle > was.cycle;
    const std::uint64_t by = late ? is.cycle - was.cycle : was.cycle - is.cycle;
    return fmt::format("{}: expected at cycle {}, got at cycle {} ({} {} {})\n  its values {}",
                       place(late ? was : is), was.cycle, is.cycle, by,
                       by == 1 ? "cycle" : "cycles", late ? "late" : "early",
                       was.payload == is.payload ? "are equal" : "differ as well") +
           upstream(golden, actual, was);
}

/// `only_here` has an event that `other` lacks at this cycle: it moved, or it has no counterpart.
std::string one_sided(const ParsedTrace& golden, const ParsedTrace& actual, const Event& event,
                      bool in_golden)
{
    const ParsedTrace& other = in_golden ? actual : golden;
    const ParsedTrace& own = in_golden ? golden : actual;
    const std::string* moved = find(other, event.stage, event.mvm);
    // an event that both have at the other place did not move: this one is a second one
    const bool doubled = moved != nullptr && std::find(own.events.begin(), own.events.end(),
                                                       *moved) != own.events.end();
    if (moved != nullptr && !doubled) {
        const Event counterpart = *split_event(*moved);
        return in_golden ? cycle_change(golden, actual, event, counterpart)
                         : cycle_change(golden, actual, counterpart, event);
    }
    return fmt::format("{}: {}\n  {} \"{}\"", place(event),
                       in_golden ? "missing event" : "extra event", in_golden ? "expected" : "got",
                       quote(event.payload)) +
           upstream(golden, actual, event);
}

std::optional<std::string> event_difference(const ParsedTrace& golden, const ParsedTrace& actual)
{
    const std::size_t n = std::min(golden.events.size(), actual.events.size());
    const auto here =
        std::mismatch(golden.events.begin(), golden.events.begin() + static_cast<std::ptrdiff_t>(n),
                      actual.events.begin());
    const auto equal = static_cast<std::size_t>(here.first - golden.events.begin());
    if (equal == golden.events.size() && equal == actual.events.size()) { return std::nullopt; }
    const auto was =
        equal < golden.events.size() ? split_event(golden.events[equal]) : std::nullopt;
    const auto is = equal < actual.events.size() ? split_event(actual.events[equal]) : std::nullopt;
    std::string text;
    if (was && is && was->key() == is->key()) {
        text = value_change(golden, actual, *was, *is);
    } else if (was && (!is || was->key() < is->key())) {
        text = one_sided(golden, actual, *was, true);
    } else {
        text = one_sided(golden, actual, *is, false);
    }
    return text +
           fmt::format("\n  {} {} equal before it (golden line {}); {} expected, {} got in all",
                       equal, equal == 1 ? "event is" : "events are",
                       golden.first_event_line + equal, golden.events.size(), actual.events.size());
}

}  // namespace

std::optional<std::string> first_difference(const ParsedTrace& golden, const ParsedTrace& actual,
                                            std::string& note)
{
    const auto in_header = header_difference(golden, actual);
    const auto in_events = event_difference(golden, actual);
    if (in_header) {
        return *in_header +
               (in_events ? "\nfirst event that differs: " + *in_events : "\n  all events agree");
    }
    if (in_events) { return in_events; }
    if (golden.header.config_sha256 != actual.header.config_sha256) {
        note = "config changed, all events agree";
    }
    return std::nullopt;
}

}  // namespace aimc::report
