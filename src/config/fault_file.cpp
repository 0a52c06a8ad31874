// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/fault_file.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "messages.h"
#include "strict_json.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <map>

namespace aimc::config {
namespace {

using namespace detail;

/// The list at `key`, or an empty one.
const nlohmann::json& list_at(ObjectReader& reader, const std::string& key)
{
    static const nlohmann::json none = nlohmann::json::array();
    const auto* const list = reader.member(key, Need::optional);
    if (list == nullptr) { return none; }
    if (list->is_array()) { return *list; }
    reader.problem(key, fmt::format("is {}, must be a list", shown(*list)));
    return none;
}

std::vector<std::size_t> read_lines(ObjectReader& reader, const std::string& key, std::size_t count,
                                    std::vector<Problem>& problems)
{
    std::vector<std::size_t> lines;
    std::map<std::int64_t, std::size_t> seen;
    const nlohmann::json& list = list_at(reader, key);
    for (std::size_t i = 0; i < list.size() && problems.size() < ProblemList::max_count; ++i) {
        const std::string where = fmt::format("/{}/{}", key, i);
        const auto line = as_whole(list[i], 0, static_cast<std::int64_t>(count) - 1);
        if (!line) {
            problems.push_back({where, fmt::format("is {}, must be a whole number 0 to {}",
                                                   shown(list[i]), count - 1)});
            continue;
        }
        const auto [first, is_new] = seen.emplace(*line, i);
        if (!is_new) {
            problems.push_back({where, fmt::format("is {}, which /{}/{} lists already", *line, key,
                                                   first->second)});
        }
        lines.push_back(static_cast<std::size_t>(*line));
    }
    return lines;
}

StuckDevice read_stuck(const nlohmann::json& value, const std::string& path,
                       const FaultLimits& limits, std::vector<Problem>& problems)
{
    ObjectReader reader(value, path, problems);
    const auto whole = [&](const char* key, std::size_t count) {
        return reader.whole(key, 0, static_cast<std::int64_t>(count) - 1, Need::required)
            .value_or(0);
    };
    StuckDevice stuck;
    stuck.row = static_cast<std::size_t>(whole("row", limits.rows));
    stuck.col = static_cast<std::size_t>(whole("col", limits.cols));
    stuck.polarity =
        reader.choice("polarity", {"pos", "neg"}, Need::required).value_or("pos") == "pos" ? 0 : 1;
    stuck.device =
        static_cast<int>(whole("device", static_cast<std::size_t>(limits.devices_per_polarity)));
    stuck.is_set =
        reader.choice("state", {"reset", "set"}, Need::required).value_or("reset") == "set";
    reader.finish();
    return stuck;
}

std::vector<StuckDevice> read_all_stuck(ObjectReader& reader, const FaultLimits& limits,
                                        std::vector<Problem>& problems)
{
    std::vector<StuckDevice> all;
    std::map<std::array<std::size_t, 4>, std::size_t> seen;
    const nlohmann::json& list = list_at(reader, "stuck");
    for (std::size_t i = 0; i < list.size() && problems.size() < ProblemList::max_count; ++i) {
        const std::string where = fmt::format("/stuck/{}", i);
        const std::size_t before = problems.size();
        const StuckDevice stuck = read_stuck(list[i], where, limits, problems);
        if (problems.size() != before) { continue; }
        const std::array<std::size_t, 4> place{stuck.row, stuck.col,
                                               static_cast<std::size_t>(stuck.polarity),
                                               static_cast<std::size_t>(stuck.device)};
        const auto [first, is_new] = seen.emplace(place, i);
        if (!is_new) {
            problems.push_back(
                {where, fmt::format("is the device that /stuck/{} lists already", first->second)});
        }
        all.push_back(stuck);
    }
    return all;
}

}  // namespace

FaultList load_fault_file(const std::string& path, const FaultLimits& limits)
{
    std::vector<Problem> problems;
    const auto stop_if_wrong = [&] {
        if (!problems.empty()) { throw InputError(path, problems); }
    };
    const auto document = parse_strict(read_file(path), "", problems);
    stop_if_wrong();
    ObjectReader reader(document, "", problems);
    reader.choice("format", {"aimc-faults/1"}, Need::required);
    stop_if_wrong();  // another format: its keys would all be unknown
    FaultList faults;
    faults.dead_rows = read_lines(reader, "dead_rows", limits.rows, problems);
    faults.dead_cols = read_lines(reader, "dead_cols", limits.cols, problems);
    faults.stuck = read_all_stuck(reader, limits, problems);
    reader.text("notes", Need::optional);
    reader.finish();
    stop_if_wrong();
    return faults;
}

}  // namespace aimc::config
