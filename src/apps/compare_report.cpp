// SPDX-License-Identifier: Apache-2.0
#include "compare_report.h"

#include "aimc/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

namespace aimc::apps {
namespace {

using report::Table;
using Json = nlohmann::ordered_json;

constexpr std::size_t title_width = 26;
constexpr std::size_t gap = 2;
constexpr std::size_t most_in_a_block = 4;

/// A word that is too long goes on in the next line behind one of its "_".
std::string broken(const std::string& text, std::size_t width)
{
    std::string out;
    std::size_t used = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("_ ", at), text.size() - 1) + 1;
        if (used > 0 && used + end - at > width) {
            out += ' ';
            used = 0;
        }
        out += text.substr(at, end - at);
        used = text[end - 1] == ' ' ? 0 : used + end - at;
        at = end;
    }
    return out;
}

std::string cell(const CompareRow& row, const Compared& run, std::size_t width)
{
    const Json value = row.value(run);
    if (value.is_string()) { return broken(value.get<std::string>(), width); }
    if (!value.is_number()) { return row.none; }
    if (row.decimals < 0) { return value.dump(); }
    return fmt::format("{:.{}f}", row.times * value.get<double>(), row.decimals);
}

std::string block(const Comparison& c, std::size_t from, std::size_t to)
{
    const std::size_t room = report::page_width - gap - title_width;
    const std::size_t width = room / (to - from) - gap;
    std::vector<Table::Column> columns{{"", false, title_width}};
    for (std::size_t i = from; i < to; ++i) {
        columns.push_back({broken(c.runs[i].name, width), true, width});
    }
    Table table(columns);
    for (const CompareRow& row : *c.rows) {
        std::vector<std::string> cells{row.title};
        bool has_value = false;
        for (std::size_t i = from; i < to; ++i) { cells.push_back(cell(row, c.runs[i], width)); }
        // a row that nobody has (no labels) is left out in all blocks alike
        for (const Compared& run : c.runs) {
            has_value = has_value || !row.value(run).is_null() || std::string(row.none) != "-";
        }
        if (has_value) { table.add(cells); }
    }
    return table.text();
}

bool is_same_workload(const Comparison& c)
{
    return std::all_of(c.runs.begin(), c.runs.end(),
                       [](const Compared& run) { return run.other_workload.empty(); });
}

/// Names of the runs by what it is that they have in common; runs without it are left out.
std::map<std::string, std::string> names_by(const Comparison& c,
                                            const std::function<std::string(const Compared&)>& what)
{
    std::map<std::string, std::string> names_of;
    for (const Compared& run : c.runs) {
        const std::string key = what(run);
        if (key.empty()) { continue; }
        std::string& names = names_of[key];
        names += (names.empty() ? "" : ", ") + run.name;
    }
    return names_of;
}

std::string workload_notes(const Comparison& c)
{
    if (is_same_workload(c)) { return "All run the same workload.\n"; }
    std::string text =
        "NOTE: the workloads differ, so that figures of accuracy do not compare. "
        "Not as in " +
        c.runs.front().name + ":";
    std::string separator = " ";
    for (const auto& [what, names] :
         names_by(c, [](const Compared& run) { return run.other_workload; })) {
        text += fmt::format("{}{} of {}", separator, what, names);
        separator = "; ";
    }
    return report::page_lines(text);
}

/// Words anywhere in a report that did not fit their format.
std::size_t misfits_in(const Json& report)
{
    std::size_t n = 0;
    if (!report.is_structured()) { return n; }
    for (const auto& [key, part] : report.items()) {
        n += key == "misfits" ? part.size() : misfits_in(part);
    }
    return n;
}

/// Accuracy suffers where scales are cut; whoever compares must hear of it.
std::string misfit_notes(const Comparison& c)
{
    std::string text;
    for (const Compared& run : c.runs) {
        const std::size_t n = misfits_in(run.report);
        if (n == 0) { continue; }
        text += report::page_lines(fmt::format(
            "NOTE: {} words of {} do not fit their formats, the nearest that do take their place; "
            "its own report names them",
            n, run.name));
    }
    return text;
}

std::string energy_notes(const Comparison& c)
{
    std::string text;
    for (const auto& [tag, names] : names_by(c, energy_tag)) {
        text += report::page_lines("energy of " + names + ": " + tag);
    }
    return text;
}

Json figures(const Comparison& c, const Compared& run, bool of_host)
{
    Json json = Json::object();
    for (const CompareRow& row : *c.rows) {
        if (row.is_of_host == of_host) { json[row.key] = row.value(run); }
    }
    return json;
}

}  // namespace

std::string compare_text(const Comparison& c)
{
    std::string text = fmt::format("aimc comparison of {} tiles\n", c.asked_for);
    if (!c.is_complete()) {
        text += fmt::format("INCOMPLETE: interrupted after {} of {} runs\n", c.runs.size(),
                            c.asked_for);
    }
    text += workload_notes(c) + misfit_notes(c);
    const std::size_t n = c.runs.size();
    const std::size_t n_blocks = (n + most_in_a_block - 1) / most_in_a_block;
    for (std::size_t b = 0; b < n_blocks; ++b) {
        text += '\n' + block(c, b * n / n_blocks, (b + 1) * n / n_blocks);
    }
    return text + '\n' + report::page_lines(c.notes) + energy_notes(c);
}

std::string compare_json(const Comparison& c)
{
    Json json;
    json["format"] = "aimc-compare/1";
    json["complete"] = c.is_complete();
    json["asked_for"] = c.asked_for;
    json["same_workload"] = is_same_workload(c);
    json["rows"] = Json::array();
    for (const CompareRow& row : *c.rows) { json["rows"].push_back(row.key); }
    json["configs"] = Json::array();
    for (const Compared& run : c.runs) {
        Json one{{"name", run.name}, {"path", run.path}, {"sha256", run.sha256}};
        one["other_workload"] =
            run.other_workload.empty() ? Json(nullptr) : Json(run.other_workload);
        const std::string tag = energy_tag(run);
        one["energy_is"] = tag.empty() ? Json(nullptr) : Json(tag);
        one["figures"] = figures(c, run, false);
        one["host"] = figures(c, run, true);
        json["configs"].push_back(std::move(one));
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace aimc::apps
