// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "enum_words.h"
#include "key_table.h"

#include <optional>
#include <type_traits>
#include <utility>

/// Short words in which the key table is written. A field is named once, by AIMC_FIELD; getter and
/// setter follow from its type.
namespace aimc::config::detail {

#define AIMC_FIELD(name) \
    [](auto& tile) -> auto& { return tile.name; }

template <class T>
struct IsOptional : std::false_type {
};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {
};

template <class T>
Value to_value(const T& field)
{
    if constexpr (IsOptional<T>::value) {
        return field ? to_value(*field) : Value{};
    } else if constexpr (std::is_enum_v<T>) {
        for (const auto& [value, word] : word_list(field)) {
            if (value == field) { return word; }
        }
        return Value{};
    } else if constexpr (std::is_same_v<T, std::string>) {
        return field.empty() ? Value{} : Value{field};
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        return static_cast<std::int64_t>(field);
    } else {
        return field;  // bool, double, list of numbers
    }
}

template <class T>
void from_value(const Value& value, T& field)
{
    if constexpr (IsOptional<T>::value) {
        field.reset();
        if (!std::holds_alternative<std::monostate>(value)) { from_value(value, field.emplace()); }
    } else if constexpr (std::is_enum_v<T>) {
        for (const auto& [enumerator, word] : word_list(field)) {
            if (word == std::get<std::string>(value)) { field = enumerator; }
        }
    } else if constexpr (std::is_same_v<T, std::string>) {
        const auto* const text = std::get_if<std::string>(&value);
        field = text == nullptr ? std::string() : *text;
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        field = static_cast<T>(std::get<std::int64_t>(value));
    } else {
        field = std::get<T>(value);
    }
}

template <class Field>
Key any_key(Kind kind, std::string path, Field field, std::string source, std::string meaning)
{
    using T = std::decay_t<decltype(field(std::declval<TileConfig&>()))>;
    Key key;
    key.path = std::move(path);
    key.kind = kind;
    key.get = [field](const TileConfig& tile) { return to_value(field(tile)); };
    key.set = [field](TileConfig& tile, const Value& value) { from_value(value, field(tile)); };
    key.source = std::move(source);
    key.meaning = std::move(meaning);
    if (IsOptional<T>::value || kind == Kind::file) { key.none = "null"; }
    return key;
}

struct WholeRange {
    std::int64_t low;
    std::int64_t high;
};
struct NumberRange {
    double low;
    double high;
};

template <class Field>
Key integer(std::string path, Field field, WholeRange range, std::string unit, std::string source,
            std::string meaning)
{
    Key key = any_key(Kind::integer, std::move(path), field, std::move(source), std::move(meaning));
    key.whole_low = range.low;
    key.whole_high = range.high;
    key.unit = std::move(unit);
    return key;
}

template <class Field>
Key number(std::string path, Field field, NumberRange range, std::string unit, std::string source,
           std::string meaning)
{
    Key key = any_key(Kind::number, std::move(path), field, std::move(source), std::move(meaning));
    key.low = range.low;
    key.high = range.high;
    key.unit = std::move(unit);
    return key;
}

template <class Field>
Key numbers(std::string path, Field field, NumberRange range, std::string unit, std::string source,
            std::string meaning)
{
    Key key = number(std::move(path), field, range, std::move(unit), std::move(source),
                     std::move(meaning));
    key.kind = Kind::numbers;
    return key;
}

template <class Field>
Key boolean(std::string path, Field field, std::string source, std::string meaning)
{
    return any_key(Kind::boolean, std::move(path), field, std::move(source), std::move(meaning));
}

template <class Field>
Key choice(std::string path, Field field, std::string source, std::string meaning)
{
    using E = std::decay_t<decltype(field(std::declval<TileConfig&>()))>;
    Key key = any_key(Kind::choice, std::move(path), field, std::move(source), std::move(meaning));
    for (const auto& [value, word] : word_list(E{})) { key.words.push_back(word); }
    return key;
}

template <class Field>
Key file(std::string path, Field field, std::string source, std::string meaning)
{
    return any_key(Kind::file, std::move(path), field, std::move(source), std::move(meaning));
}

template <class Field>
Key word_or_file(std::string path, Field field, std::vector<std::string> words, std::string source,
                 std::string meaning)
{
    Key key =
        any_key(Kind::word_or_file, std::move(path), field, std::move(source), std::move(meaning));
    key.words = std::move(words);
    return key;
}

/// "No value" is spelt as this word instead of null.
inline Key or_word(std::string word, Key key)
{
    key.none = std::move(word);
    return key;
}

}  // namespace aimc::config::detail
