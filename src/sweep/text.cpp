// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/table.h"
#include "aimc/sweep/results.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace aimc::sweep {
namespace {

constexpr std::size_t most_lines = 20;  ///< Choice: a screenful; results.csv has the rest

std::size_t place_of(const std::string& column)
{
    const auto& all = report::row_columns();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return column == one.name; });
    return static_cast<std::size_t>(found - all.begin());
}

std::string point_text(const Results& r, const Row& row)
{
    std::string out;
    for (std::size_t i = 0; i < r.swept.size(); ++i) {
        const auto walks_along = [&](const PointColumn& before) {
            return !before.is_derived && before.axis == r.swept[i].axis;
        };
        const auto here = r.swept.begin() + static_cast<std::ptrdiff_t>(i);
        if (r.swept[i].is_derived || std::any_of(r.swept.begin(), here, walks_along)) { continue; }
        // the last part of a key says enough beside its values
        const std::string leaf = r.swept[i].name.substr(r.swept[i].name.rfind('.') + 1);
        const auto value = nlohmann::json::parse(row.values[i]);
        out += (out.empty() ? "" : ", ") + leaf + ' ' +
               (value.is_string() ? value.get<std::string>() : row.values[i]);
    }
    return out;
}

/// Error against hardware, best first.
std::string front_text(const Results& r, const Front& front)
{
    const char* const unit = front.post == config::PostUnit::nmpu ? "NMPU" : "LDPU";
    std::string text =
        '\n' + report::page_lines(fmt::format("{}: {} against {}; no other point is better in "
                                              "one and as good in the other",
                                              unit, r.objective, front.columns[1]));
    text += fmt::format("  {:<26} {:>13}  {:>6}  where\n", r.objective, front.columns[1], "point");
    for (std::size_t i = 0; i < std::min(front.rows.size(), most_lines); ++i) {
        const Row& row = r.rows[front.rows[i]];
        std::string left =
            fmt::format("  {:<26.6g} {:>13.0f}  {:>6}  ", row.figures[place_of(r.objective)],
                        row.figures[place_of(front.columns[1])], row.index);
        for (const auto& line :
             report::wrap(point_text(r, row), report::page_width - left.size())) {
            text += left + line + '\n';
            left.assign(left.size(), ' ');
        }
    }
    if (front.rows.size() > most_lines) {
        text += fmt::format("  and {} more\n", front.rows.size() - most_lines);
    }
    return text;
}

/// What a row says that nobody should have to look for.
std::string notes(const Results& r)
{
    const auto count = [&](auto&& holds) {
        return std::count_if(r.rows.begin(), r.rows.end(), holds);
    };
    const auto figure = [](const Row& row, const char* name) {
        return row.figures[place_of(name)];
    };
    std::string text;
    const auto clipped = count([&](const Row& row) {
        return figure(row, "scales_clipped") > 0.0 || figure(row, "offsets_clipped") > 0.0;
    });
    if (clipped > 0) {
        text += report::page_lines(
            fmt::format("NOTE: in {} points scales or offsets do not fit their formats (columns "
                        "scales_clipped, offsets_clipped)",
                        clipped));
    }
    const auto judged =
        count([&](const Row& row) { return std::isfinite(figure(row, r.objective.c_str())); });
    if (judged == 0 && !r.rows.empty()) {
        text += report::page_lines("NOTE: no point has a value of " + r.objective +
                                   ", so there is no front");
    }
    return text;
}

}  // namespace

std::string results_text(const Results& r)
{
    std::string refused;
    if (!r.refused.empty()) {
        refused = fmt::format(", {} refused by the rules of the configuration", r.refused.size());
    }
    std::string text =
        report::page_lines("aimc sweep: " + r.name + ", on " + r.config_name) +
        report::page_lines(fmt::format("{} of {} points{}{}", r.rows.size(), r.n_points, refused,
                                       r.complete ? "" : "; incomplete"));
    text += notes(r);
    for (const Front& front : fronts_of(r)) {
        if (front.name == "hardware_bits") { text += front_text(r, front); }
    }
    return text;
}

}  // namespace aimc::sweep
