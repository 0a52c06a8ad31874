// SPDX-License-Identifier: Apache-2.0
#include "sweep_definition.h"

#include "aimc/base/files.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace aimc::apps {
namespace {

using Json = nlohmann::ordered_json;

Json values(const std::vector<config::SweepValue>& all)
{
    Json json = Json::object();
    for (const auto& [name, text] : all) { json[name] = Json::parse(text); }
    return json;
}

Json axis(const config::SweepAxis& axis)
{
    const auto column = [&](std::size_t i) {
        Json list = Json::array();
        for (const auto& step : axis.steps) { list.push_back(Json::parse(step[i])); }
        return list;
    };
    if (axis.names.size() == 1) {
        return {{axis.is_free ? "name" : "key", axis.names[0]}, {"values", column(0)}};
    }
    Json keys = Json::object();
    for (std::size_t i = 0; i < axis.names.size(); ++i) { keys[axis.names[i]] = column(i); }
    return {{"keys", keys}};
}

Json definition(const config::SweepFile& file)
{
    Json json{{"format", "aimc-sweep/1"}, {"name", file.name}};
    json["config"] = std::filesystem::absolute(file.config).lexically_normal().string();
    if (!file.set.empty()) { json["set"] = values(file.set); }
    for (const auto& one : file.axes) { json["axes"].push_back(axis(one)); }
    for (const auto& formula : file.derive) { json["derive"][formula.key] = formula.text; }
    for (const auto& point : file.points) { json["points"].push_back(values(point)); }
    json["invalid"] = file.skip_invalid ? "skip" : "error";
    json["objective"] = file.objective;
    return json;
}

}  // namespace

std::string definition_json(const config::SweepFile& file)
{
    return definition(file).dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string definition_digest(const config::SweepFile& file)
{
    Json json = definition(file);
    json.erase("config");
    return sha256_hex(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace aimc::apps
