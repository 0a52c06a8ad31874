// SPDX-License-Identifier: Apache-2.0
#include "key_check.h"

#include "strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aimc::config::detail {
namespace {

using nlohmann::json;

constexpr double exact_whole = 9007199254740992.0;  ///< 2^53: below it a double has no gaps

bool is_npy(const std::string& text)
{
    return text.size() > 4 && text.compare(text.size() - 4, 4, ".npy") == 0;
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
        case Kind::choice: return is_word(given, key) ? std::optional<Value>(given) : std::nullopt;
        case Kind::text: return is_name(given) ? std::optional<Value>(given) : std::nullopt;
        case Kind::word_or_file:
            if (is_word(given, key)) { return given; }
            return is_npy(given) && !has_control(given) ? std::optional<Value>(given)
                                                        : std::nullopt;
        case Kind::file:
            return given.empty() || has_control(given) ? std::nullopt : std::optional<Value>(given);
        case Kind::integer:
        case Kind::number:
        case Kind::numbers:
        case Kind::boolean: break;
    }
    return std::nullopt;
}

std::optional<double> in_range(const json& value, const Key& key)
{
    if (!value.is_number()) { return std::nullopt; }
    const double number = value.get<double>() + 0.0;  // -0 becomes 0: one number, one text
    return number >= key.low && number <= key.high ? std::optional<double>(number) : std::nullopt;
}

std::optional<Value> increasing(const json& list, const Key& key)
{
    std::vector<double> numbers;
    for (const json& one : list) {
        const auto number = in_range(one, key);
        if (!number || (!numbers.empty() && *number <= numbers.back())) { return std::nullopt; }
        numbers.push_back(*number);
    }
    return numbers;
}

}  // namespace

bool has_control(const std::string& text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

bool is_name(const std::string& text)
{
    return !text.empty() && text.size() <= 100 && text != "." && text != ".." &&
           text.find_first_of("/\\") == std::string::npos && !has_control(text);
}

bool is_word(const std::string& text, const Key& key)
{
    return std::find(key.words.begin(), key.words.end(), text) != key.words.end();
}

std::optional<Value> checked(const json& value, const Key& key)
{
    const bool none_is_null = key.none == "null";
    if (value.is_null()) { return none_is_null ? std::optional<Value>(Value{}) : std::nullopt; }
    if (value.is_string()) {
        const auto given = value.get<std::string>();
        if (!key.none.empty() && !none_is_null && given == key.none) { return Value{}; }
        return text(given, key);
    }
    if (value.is_boolean()) {
        return key.kind == Kind::boolean ? std::optional<Value>(value.get<bool>()) : std::nullopt;
    }
    if (key.kind == Kind::integer) { return whole(value, key); }
    if (key.kind == Kind::numbers && value.is_array()) { return increasing(value, key); }
    const auto number = key.kind == Kind::number ? in_range(value, key) : std::nullopt;
    return number ? std::optional<Value>(*number) : std::nullopt;
}

std::string complaint(const json& value, const Key& key)
{
    std::vector<std::string> words = key.words;
    if (!key.none.empty() && key.none != "null") { words.push_back(key.none); }
    const bool is_text = value.is_string();
    const bool is_fraction = value.is_number_float() && key.kind == Kind::integer &&
                             std::floor(value.get<double>()) != value.get<double>();
    std::string out = fmt::format("is {}", shown(value));
    if (is_text && (key.kind == Kind::integer || key.kind == Kind::number)) { out += " (text)"; }
    if (is_fraction && !key.if_fraction.empty()) {
        out += fmt::format(", {};", key.if_fraction);
    } else {
        out += ",";
    }
    out += fmt::format(" must be {}", allowed(key));
    if (!key.unit.empty() && key.unit != "-") { out += fmt::format(" [{}]", key.unit); }
    if (is_text && !words.empty()) { out += did_you_mean(value.get<std::string>(), words); }
    return out;
}

}  // namespace aimc::config::detail
