// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/device_table.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "messages.h"
#include "strict_json.h"

#include <fmt/format.h>

namespace aimc::config {
namespace {

using namespace detail;

// Choice: wide enough for any resistive memory; what lies outside is a wrong unit.
constexpr double most_uS = 1000.0;  // as device.g_max_uS
constexpr double most_share = 1.0;  // drift exponents and relative read noise

DevicePoint read_point(const nlohmann::json& value, const std::string& path,
                       std::vector<Problem>& problems)
{
    ObjectReader reader(value, path, problems);
    const auto number = [&](const char* key, double high) {
        return reader.number(key, 0.0, high, Need::required).value_or(0.0);
    };
    DevicePoint point;
    point.g_uS = number("g_uS", most_uS);
    point.sigma_prog_uS = number("sigma_prog_uS", most_uS);
    point.nu_mean = number("nu_mean", most_share);
    point.nu_sd = number("nu_sd", most_share);
    point.read_noise = number("read_noise", most_share);
    reader.finish();
    return point;
}

void check_range(const DeviceTable& table, std::vector<Problem>& problems)
{
    const auto& points = table.points;
    if (points.front().g_uS != 0.0) {
        problems.push_back({"/points/0/g_uS", fmt::format("is {}, the first point must be at 0",
                                                          points.front().g_uS)});
    }
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (points[i].g_uS > points[i - 1].g_uS) { continue; }
        problems.push_back({fmt::format("/points/{}/g_uS", i),
                            fmt::format("is {}, must be above {} of the point before",
                                        points[i].g_uS, points[i - 1].g_uS)});
        return;
    }
    if (points.back().g_uS < table.g_max_uS) {
        problems.push_back({"/points", fmt::format("end at {} uS, must cover 0 to g_max_uS, {} uS",
                                                   points.back().g_uS, table.g_max_uS)});
    }
}

void read_points(ObjectReader& reader, DeviceTable& table, std::vector<Problem>& problems)
{
    const auto* const list = reader.member("points", Need::required);
    if (list == nullptr) { return; }
    if (!list->is_array() || list->size() < 2) {
        reader.problem("points",
                       fmt::format("is {}, must be a list of at least two points", shown(*list)));
        return;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        table.points.push_back(read_point((*list)[i], fmt::format("/points/{}", i), problems));
        if (problems.size() >= ProblemList::max_count) { return; }
    }
}

}  // namespace

DeviceTable load_device_table(const std::string& path)
{
    std::vector<Problem> problems;
    const auto stop_if_wrong = [&] {
        if (!problems.empty()) { throw InputError(path, problems); }
    };
    const auto document = parse_strict(read_file(path), "", problems);
    stop_if_wrong();
    ObjectReader reader(document, "", problems);
    reader.choice("format", {"aimc-device-table/1"}, Need::required);
    stop_if_wrong();  // another format: its keys would all be unknown
    DeviceTable table;
    table.file = path;
    table.name = reader.text("name", Need::required).value_or("");
    table.source = reader.text("source", Need::required).value_or("");
    table.licence = reader.text("licence", Need::required).value_or("");
    table.measured = reader.choice("kind", {"measured", "synthetic"}, Need::required) == "measured";
    table.g_max_uS = reader.number("g_max_uS", 0.001, most_uS, Need::required).value_or(0.0);
    table.t_0_s = reader.number("t_0_s", 1e-6, 1e9, Need::required).value_or(0.0);
    table.t_read_ns = reader.number("t_read_ns", 0.001, 1e9, Need::required).value_or(0.0);
    reader.text("notes", Need::optional);
    read_points(reader, table, problems);
    reader.finish();
    stop_if_wrong();
    check_range(table, problems);
    if (table.t_read_ns > table.t_0_s * 1e9) {
        problems.push_back({"/t_read_ns", fmt::format("is {}, longer than t_0_s, which is {} s",
                                                      table.t_read_ns, table.t_0_s)});
    }
    stop_if_wrong();
    return table;
}

}  // namespace aimc::config
