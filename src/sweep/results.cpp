// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/results.h"

#include "aimc/base/error.h"
#include "aimc/sweep/pareto.h"

#include "numbers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace aimc::sweep {
namespace {

using report::Better;
using report::row_columns;

const std::vector<std::string>& costs()
{
    static const std::vector<std::string> all{"hardware_bits", "storage_bits",
                                              "multiplier_bit_products", "adder_bits"};
    return all;
}

const char* name_of(config::PostUnit post)
{
    return post == config::PostUnit::nmpu ? "nmpu" : "ldpu";
}

std::size_t place_of(const std::string& column)
{
    const auto& all = row_columns();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return column == one.name; });
    return static_cast<std::size_t>(found - all.begin());
}

/// Any text as a JSON string; what is not UTF-8 must not stop a sweep.
std::string quoted(const std::string& text)
{
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A JSON value as a field of a CSV line: no null, texts without JSON's quotes unless needed.
std::string field(const std::string& json)
{
    if (json == "null") { return ""; }
    std::string text = json;
    if (json[0] == '"') { text = nlohmann::json::parse(json).get<std::string>(); }
    if (text.find_first_of(",\"\n\r") == std::string::npos) { return text; }
    std::string out = "\"";
    for (const char c : text) { out += c == '"' ? "\"\"" : std::string(1, c); }
    return out + '"';
}

std::string list_of(const std::vector<std::string>& parts)
{
    std::string out;
    for (const auto& part : parts) { out += (out.empty() ? "" : ", ") + part; }
    return '[' + out + ']';
}

std::string column_json(const std::string& name, const char* kind, const std::string& unit = "",
                        const char* better = nullptr, const std::string& meaning = "")
{
    std::string out = fmt::format(R"(    {{"name": {}, "kind": "{}")", quoted(name), kind);
    if (!unit.empty()) { out += fmt::format(", \"unit\": {}", quoted(unit)); }
    if (better != nullptr) { out += fmt::format(R"(, "better": "{}")", better); }
    if (!meaning.empty()) { out += fmt::format(", \"meaning\": {}", quoted(meaning)); }
    return out + '}';
}

std::string columns_json(const Results& r)
{
    std::vector<std::string> all{
        column_json("index", "point", "", nullptr, "number of the point"),
        column_json("config_sha256", "point", "", nullptr, "as in the report of the same run")};
    for (const auto& c : r.swept) {
        std::string one =
            column_json(c.name, c.is_derived ? "derived" : "swept", config::key_unit(c.name));
        if (!c.is_derived) { one.insert(one.size() - 1, fmt::format(", \"axis\": {}", c.axis)); }
        all.push_back(one);
    }
    for (const auto& c : row_columns()) {
        const char* const better = c.better == Better::lower    ? "lower"
                                   : c.better == Better::higher ? "higher"
                                                                : nullptr;
        all.push_back(column_json(c.name, "figure", c.unit, better, c.meaning));
    }
    std::string out;
    for (const auto& one : all) { out += (out.empty() ? "" : ",\n") + one; }
    return out;
}

std::string row_json(const Row& row)
{
    std::vector<std::string> parts{std::to_string(row.index), quoted(row.config_sha256)};
    parts.insert(parts.end(), row.values.begin(), row.values.end());
    for (const double v : row.figures) { parts.push_back(text_of(v, "null")); }
    return "    " + list_of(parts);
}

/// Lists with one entry a line; an empty one as [].
template <class T, class Text>
std::string lines(const std::vector<T>& all, Text&& text)
{
    std::string out;
    for (const T& one : all) { out += (out.empty() ? "\n" : ",\n") + text(one); }
    return '[' + out + (all.empty() ? "]" : "\n  ]");
}

std::string front_json(const Front& front, const Results& r)
{
    std::vector<std::string> names, indices;
    for (const auto& name : front.columns) { names.push_back(quoted(name)); }
    for (const std::size_t at : front.rows) { indices.push_back(std::to_string(r.rows[at].index)); }
    return fmt::format(R"(    {{"name": {}, "post": "{}", "columns": {}, "points": {}}})",
                       quoted(front.name), name_of(front.post), list_of(names), list_of(indices));
}

}  // namespace

const report::RowColumn& objective_column(const std::string& name, const std::string& file)
{
    std::string known;
    for (const auto& column : row_columns()) {
        if (column.better == Better::neither) { continue; }
        if (name == column.name) { return column; }
        known += (known.empty() ? "" : ", ") + std::string(column.name);
    }
    throw ConfigError(file, std::vector<Problem>{{"/objective", "is " + quoted(name) +
                                                                    ", must be one of " + known}});
}

std::vector<Front> fronts_of(const Results& r)
{
    const auto& objective = objective_column(r.objective, r.name);
    const double sign = objective.better == Better::higher ? -1.0 : 1.0;
    const auto front = [&](const std::string& name, config::PostUnit post,
                           const std::vector<std::string>& against) {
        Front out{name, post, {r.objective}, {}};
        out.columns.insert(out.columns.end(), against.begin(), against.end());
        std::vector<std::vector<double>> points;
        std::vector<std::size_t> at;
        for (std::size_t i = 0; i < r.rows.size(); ++i) {
            const Row& row = r.rows[i];
            if (row.post != post) { continue; }
            at.push_back(i);
            points.push_back({sign * row.figures[place_of(r.objective)]});
            for (const auto& cost : against) {
                points.back().push_back(row.figures[place_of(cost)]);
            }
        }
        for (const std::size_t p : pareto_front(points)) { out.rows.push_back(at[p]); }
        return out;
    };
    std::vector<Front> all;
    for (const auto post : {config::PostUnit::nmpu, config::PostUnit::ldpu}) {
        if (std::none_of(r.rows.begin(), r.rows.end(),
                         [&](const Row& row) { return row.post == post; })) {
            continue;
        }
        for (const auto& cost : costs()) { all.push_back(front(cost, post, {cost})); }
        all.push_back(front("all", post, {costs().begin() + 1, costs().end()}));
    }
    return all;
}

std::string results_csv(const Results& r)
{
    const auto fronts = fronts_of(r);
    std::string out = "index,config_sha256";
    for (const auto& column : r.swept) { out += ',' + column.name; }
    for (const auto& column : row_columns()) { out += ',' + std::string(column.name); }
    std::vector<std::string> names = costs();
    names.emplace_back("all");
    for (const auto& name : names) { out += ",front_" + name; }
    out += '\n';
    std::vector<std::string> is_on(r.rows.size(), std::string(names.size(), '0'));
    for (const auto& front : fronts) {
        const auto name = std::find(names.begin(), names.end(), front.name);
        for (const std::size_t at : front.rows) {
            is_on[at][static_cast<std::size_t>(name - names.begin())] = '1';
        }
    }
    for (std::size_t at = 0; at < r.rows.size(); ++at) {
        const Row& row = r.rows[at];
        out += std::to_string(row.index) + ',' + row.config_sha256;
        for (const auto& value : row.values) { out += ',' + field(value); }
        for (const double v : row.figures) { out += ',' + text_of(v, ""); }
        for (const char on : is_on[at]) { out += std::string(",") + on; }
        out += '\n';
    }
    return out + (r.complete ? "" : "# incomplete\n");
}

std::string results_json(const Results& r)
{
    const auto refused = [&](const Refused& p) {
        std::vector<std::string> values;
        for (std::size_t i = 0; i < p.values.size(); ++i) {
            values.push_back(quoted(r.swept[i].name) + ": " + p.values[i]);
        }
        std::string inside = list_of(values);
        inside.front() = '{';
        inside.back() = '}';
        return fmt::format(R"(    {{"index": {}, "values": {}, "why": {}}})", p.index, inside,
                           quoted(p.why));
    };
    return fmt::format(
        "{{\n  \"format\": \"aimc-sweep-results/1\",\n  \"name\": {},\n"
        "  \"config\": {{\"name\": {}, \"sha256\": \"{}\"}},\n  \"objective\": {},\n"
        "  \"complete\": {},\n  \"n_points\": {},\n  \"n_refused\": {},\n"
        "  \"columns\": [\n{}\n  ],\n  \"rows\": {},\n  \"refused\": {},\n  \"fronts\": {}\n}}\n",
        quoted(r.name), quoted(r.config_name), r.config_sha256, quoted(r.objective), r.complete,
        r.n_points, r.refused.size(), columns_json(r), lines(r.rows, row_json),
        lines(r.refused, refused),
        lines(fronts_of(r), [&](const Front& front) { return front_json(front, r); }));
}

}  // namespace aimc::sweep
