// SPDX-License-Identifier: Apache-2.0
#include "effective.h"

#include "key_table.h"
#include "rules.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <system_error>

namespace aimc::config::detail {
namespace {

using nlohmann::ordered_json;

std::string absolute(const std::string& name)
{
    std::error_code error;
    const auto path = std::filesystem::absolute(name, error);
    return error ? name : path.lexically_normal().string();
}

struct ToJson {
    const Key& key;
    ordered_json operator()(std::monostate) const
    {
        return key.none == "null" ? ordered_json(nullptr) : ordered_json(key.none);
    }
    template <class T>
    ordered_json operator()(const T& value) const
    {
        return value;
    }
};

ordered_json& place_of(ordered_json& root, const Key& key)
{
    ordered_json* at = &root;
    std::size_t from = 0;
    for (auto dot = key.path.find('.'); dot != std::string::npos; dot = key.path.find('.', from)) {
        at = &(*at)[key.path.substr(from, dot - from)];
        from = dot + 1;
    }
    return (*at)[key.path.substr(from)];
}

/// What "no value" stands for in this configuration, where the table alone cannot say it.
std::string stands_for(const Key& key, const TileConfig& tile)
{
    if (key.path == "read.n_overhead" && !tile.read.n_overhead) {
        return fmt::format(" ({})", n_overhead(tile.read));
    }
    if (key.path == "device.g_max_uS" && !tile.device.g_max_uS &&
        tile.device.model != DeviceModel::table) {
        return fmt::format(" ({})", g_max_uS(tile.device));
    }
    return "";
}

/// A tag belongs to the default's number and must not lend its authority to another one.
std::string tag_of(const Key& key, const TileConfig& tile)
{
    const bool is_ours = key.path == "device.g_max_uS" && tile.device.model == DeviceModel::ideal;
    return is_ours ? "Choice" : key.tag();
}

}  // namespace

std::string effective_json(const ReadKeys& read, FileNames names)
{
    ordered_json root = ordered_json::object();
    for (const auto& key : keys()) {
        Value value = key.get(read.tile);
        const auto file = read.files.find(key.path);
        if (file != read.files.end()) {
            value = names == FileNames::as_given ? file->second
                                                 : absolute(std::get<std::string>(value));
        }
        place_of(root, key) = std::visit(ToJson{key}, value);
    }
    return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string explained(const ReadKeys& read)
{
    // 36 + 2 + 34 + 2 + 7 + 2 + 7 + 2 + 7 = 99 columns
    constexpr std::size_t value_width = 34;
    constexpr const char* line = "{:<36}  {:<34}  {:<7}  {:<7}  {}\n";
    std::string out = fmt::format(line, "key", "value", "unit", "from", "tag");
    for (const auto& key : keys()) {
        const auto file = read.files.find(key.path);
        const Value value = file == read.files.end() ? key.get(read.tile) : Value{file->second};
        std::string text = text_of(value, key) + stands_for(key, read.tile);
        const bool is_given = read.given.count(key.path) != 0;
        const bool is_default = !is_given || value == key.get(TileConfig{});
        const std::string tag = is_default ? tag_of(key, read.tile) : "-";
        std::string name = key.path;
        if (text.size() > value_width) {  // a long file name has its line to itself
            out += fmt::format("{:<36}  {}\n", name, text);
            name.clear();
            text.clear();
        }
        out += fmt::format(line, name, text, key.unit, is_given ? "given" : "default", tag);
    }
    out += R"(
from: written in the configuration (or --set), or the default.
tag:  who decided the default: a publication (Source), arithmetic on one (Derived), or we (Choice);
      configs/README.md has the texts. Another value has no tag (-): whoever gave it decided.
)";
    return out;
}

}  // namespace aimc::config::detail
