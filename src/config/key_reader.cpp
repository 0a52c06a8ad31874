// SPDX-License-Identifier: Apache-2.0
#include "key_reader.h"

#include "aimc/base/files.h"

#include "key_table.h"
#include "strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace aimc::config::detail {
namespace {

using nlohmann::json;

constexpr double exact_whole = 9007199254740992.0;  ///< 2^53: below it a double has no gaps

bool has_control(const std::string& text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

bool is_name(const std::string& text)  // it also names the output folder
{
    return !text.empty() && text.size() <= 100 && text != "." && text != ".." &&
           text.find_first_of("/\\") == std::string::npos && !has_control(text);
}

bool is_npy(const std::string& text)
{
    return text.size() > 4 && text.compare(text.size() - 4, 4, ".npy") == 0;
}

bool is_word(const std::string& text, const Key& key)
{
    return std::find(key.words.begin(), key.words.end(), text) != key.words.end();
}

std::optional<Value> whole(const json& value, const Key& key)
{
    std::optional<std::int64_t> number = as_whole(value, key.whole_low, key.whole_high);
    if (value.is_number_float()) {  // 256.0 is whole, as in JSON Schema
        const double real = value.get<double>();
        if (std::floor(real) == real && std::abs(real) <= exact_whole) {
            number = as_whole(json(static_cast<std::int64_t>(real)), key.whole_low, key.whole_high);
        }
    }
    return number ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<Value> text(const std::string& given, const Key& key)
{
    switch (key.kind) {
        case Kind::choice:
            return is_word(given, key) ? std::optional<Value>(given) : std::nullopt;
        case Kind::text:
            return is_name(given) ? std::optional<Value>(given) : std::nullopt;
        case Kind::word_or_file:
            if (is_word(given, key)) {
                return given;
            }
            return is_npy(given) && !has_control(given) ? std::optional<Value>(given)
                                                        : std::nullopt;
        case Kind::file:
            return given.empty() || has_control(given) ? std::nullopt : std::optional<Value>(given);
        case Kind::integer:
        case Kind::number:
        case Kind::boolean:
            break;
    }
    return std::nullopt;
}

/// The value if it is allowed there.
std::optional<Value> checked(const json& value, const Key& key)
{
    const bool none_is_null = key.none == "null";
    if (value.is_null()) {
        return none_is_null ? std::optional<Value>(Value{}) : std::nullopt;
    }
    if (value.is_string()) {
        const auto given = value.get<std::string>();
        if (!key.none.empty() && !none_is_null && given == key.none) {
            return Value{};
        }
        return text(given, key);
    }
    if (value.is_boolean()) {
        return key.kind == Kind::boolean ? std::optional<Value>(value.get<bool>()) : std::nullopt;
    }
    if (key.kind == Kind::integer) {
        return whole(value, key);
    }
    if (key.kind == Kind::number && value.is_number()) {
        const double number = value.get<double>() + 0.0;  // -0 becomes 0: one number, one text
        if (number >= key.low && number <= key.high) {
            return number;
        }
    }
    return std::nullopt;
}

std::string complaint(const json& value, const Key& key)
{
    std::vector<std::string> words = key.words;
    if (!key.none.empty() && key.none != "null") {
        words.push_back(key.none);
    }
    const bool is_text = value.is_string();
    const bool is_fraction = value.is_number_float() && key.kind == Kind::integer &&
                             std::floor(value.get<double>()) != value.get<double>();
    std::string out = fmt::format("is {}", shown(value));
    if (is_text && (key.kind == Kind::integer || key.kind == Kind::number)) {
        out += " (text)";
    }
    if (is_fraction && !key.if_fraction.empty()) {
        out += fmt::format(", {};", key.if_fraction);
    } else {
        out += ",";
    }
    out += fmt::format(" must be {}", allowed(key));
    if (!key.unit.empty() && key.unit != "-") {
        out += fmt::format(" [{}]", key.unit);
    }
    if (is_text && !words.empty()) {
        out += did_you_mean(value.get<std::string>(), words);
    }
    return out;
}

class KeyReader {
public:
    KeyReader(const SourceTree& tree, std::vector<Problem>& problems)
        : tree_(tree), problems_(problems)
    {
    }

    ReadKeys read()
    {
        read_object(tree_.root, "");
        for (const auto& section : tree_.unread) {
            break_section(section);
        }
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
            const std::string path = section.empty() ? name : section + "." + name;
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
            if (key.path.rfind(section + ".", 0) == 0) {
                out_.broken.insert(key.path);
            }
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
            message += fmt::format("; known here: {}", fmt::join(known, ", "));
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
        if (c == '\\' || has_control(std::string(1, c))) {
            c = '_';
        }
    }
    name = name.substr(0, 100);
    return is_name(name) ? name : "config";
}

}  // namespace aimc::config::detail
