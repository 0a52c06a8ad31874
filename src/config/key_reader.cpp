// SPDX-License-Identifier: Apache-2.0
#include "key_reader.h"

#include "aimc/base/files.h"

#include "key_check.h"
#include "key_table.h"
#include "strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace aimc::config::detail {
namespace {

using nlohmann::json;

class KeyReader {
public:
    KeyReader(const SourceTree& tree, std::vector<Problem>& problems)
        : tree_(tree), problems_(problems)
    {
    }

    ReadKeys read()
    {
        read_object(tree_.root, "");
        for (const auto& section : tree_.unread) { break_section(section); }
        if (out_.given.count("format") == 0) {
            problems_.push_back(
                {"/format", fmt::format("is missing; add \"format\": \"{}\"", config_format)});
        }
        return std::move(out_);
    }

private:
    void read_object(const json& object, const std::string& section)
    {
        for (const auto& [name, value] : object.items()) {
            const bool plain = name.find('.') == std::string::npos;
            const std::string path = section.empty() ? name : fmt::format("{}.{}", section, name);
            const Key* const key = plain ? find_key(path) : nullptr;
            const Section* const inner = plain && !name.empty() ? find_section(path) : nullptr;
            if (key != nullptr) {
                read_key(value, *key);
            } else if (inner == nullptr) {
                unknown(name, section);
            } else if (value.is_object()) {
                read_object(value, path);
            } else {
                problems_.push_back(
                    {tree_.where(path), fmt::format("is {}, must be an object{}", shown(value),
                                                    inner->may_be_file ? " or a file name" : "")});
                break_section(path);
            }
        }
    }

    void break_section(const std::string& section)
    {
        for (const auto& key : keys()) {
            if (key.path.rfind(section + ".", 0) == 0) { out_.broken.insert(key.path); }
        }
    }

    void read_key(const json& value, const Key& key)
    {
        out_.given.insert(key.path);
        std::optional<Value> good = checked(value, key);
        if (!good) {
            problems_.push_back({tree_.where(key.path), complaint(value, key)});
            out_.broken.insert(key.path);
            return;
        }
        const auto* const name = std::get_if<std::string>(&*good);
        if (key.is_file() && name != nullptr && !is_word(*name, key)) {
            out_.files[key.path] = *name;
            good = resolve_beside(tree_.origin_of(key.path).file, *name);
        }
        key.set(out_.tile, *good);
    }

    void unknown(const std::string& name, const std::string& section)
    {
        const std::vector<std::string> known = members_of(section);
        std::string message = "is not a known key";
        const std::string near = did_you_mean(name, known);
        const auto elsewhere = std::find_if(keys().begin(), keys().end(),
                                            [&](const Key& key) { return key.leaf() == name; });
        if (find_key(name) != nullptr && name.find('.') != std::string::npos) {
            message += fmt::format("; nest it: \"{}\" inside the object \"{}\"",
                                   find_key(name)->leaf(), find_key(name)->section());
        } else if (elsewhere != keys().end()) {
            message += fmt::format(" here, did you mean {}?", pointer(elsewhere->path));
        } else if (!near.empty()) {
            message += near;
        } else {
            message += fmt::format("; known here: {}", joined(known));
        }
        const bool is_plain = name.size() <= 60 && !has_control(name);
        problems_.push_back({pointer(section) + "/" + (is_plain ? name : shown(name)) +
                                 tree_.origin_of(section).note,
                             message});
    }

    const SourceTree& tree_;
    std::vector<Problem>& problems_;
    ReadKeys out_;
};

}  // namespace

ReadKeys read_keys(const SourceTree& tree, std::vector<Problem>& problems)
{
    return KeyReader(tree, problems).read();
}

std::string name_from(const std::string& path)
{
    std::string name = path.substr(path.rfind('/') + 1);
    const std::string ending = ".json";
    if (name.size() > ending.size() &&
        name.compare(name.size() - ending.size(), ending.size(), ending) == 0) {
        name.resize(name.size() - ending.size());
    }
    for (char& c : name) {
        if (c == '\\' || has_control(std::string(1, c))) { c = '_'; }
    }
    name = name.substr(0, 100);
    return is_name(name) ? name : "config";
}

}  // namespace aimc::config::detail
