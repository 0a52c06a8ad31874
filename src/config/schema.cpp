// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/load.h"

#include "key_table.h"

#include <nlohmann/json.hpp>

// JSON Schema (draft 7) of a configuration, from the key table. It knows each key alone; the rules
// between keys are the reader's.

namespace aimc::config {
namespace {

using detail::Key;
using detail::Kind;
using detail::Section;
using nlohmann::ordered_json;

const char* type_of(Kind kind)
{
    switch (kind) {
        case Kind::integer: return "integer";
        case Kind::number: return "number";
        case Kind::numbers: return "array";
        case Kind::boolean: return "boolean";
        case Kind::choice:
        case Kind::text:
        case Kind::file:
        case Kind::word_or_file: break;
    }
    return "string";
}

ordered_json value_schema(const Key& key)
{
    ordered_json out;
    out["type"] = type_of(key.kind);
    switch (key.kind) {
        case Kind::integer:
            out["minimum"] = key.whole_low;
            out["maximum"] = key.whole_high;
            break;
        case Kind::number:
            out["minimum"] = key.low;
            out["maximum"] = key.high;
            break;
        case Kind::numbers:
            out["items"] = {{"type", "number"}, {"minimum", key.low}, {"maximum", key.high}};
            out["uniqueItems"] = true;
            break;
        case Kind::choice: out["enum"] = key.words; break;
        case Kind::text:
            out["minLength"] = 1;
            out["maxLength"] = 100;
            out["pattern"] = R"(^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]*$)";
            break;
        case Kind::file:
            out["minLength"] = 1;
            out["pattern"] = R"(^[^\u0000-\u001f\u007f]*$)";
            break;
        case Kind::word_or_file: {
            std::string words;
            for (const auto& word : key.words) { words += word + "|"; }
            out["pattern"] = "^(" + words + R"([^\u0000-\u001f\u007f]+\.npy)$)";
            break;
        }
        case Kind::boolean: break;
    }
    return out;
}

ordered_json key_schema(const Key& key)
{
    ordered_json out = value_schema(key);
    if (!key.none.empty()) {
        const ordered_json none =
            key.none == "null" ? ordered_json{{"type", "null"}} : ordered_json{{"const", key.none}};
        out = ordered_json{{"anyOf", {out, none}}};
    }
    const std::string unit = key.unit.empty() ? "" : " [" + key.unit + "]";
    out["description"] = key.meaning + unit + " Default: " + default_text(key) + ". " + key.source;
    if (key.path != "format" && key.path != "name") {
        out["default"] = ordered_json::parse(default_text(key));
    }
    return out;
}

ordered_json section_schema(const Section& section)
{
    ordered_json object;
    object["type"] = "object";
    object["description"] = section.meaning;
    object["additionalProperties"] = false;
    for (const auto& name : detail::members_of(section.path)) {
        const std::string path = section.path.empty() ? name : section.path + "." + name;
        const Key* const key = detail::find_key(path);
        object["properties"][name] =
            key != nullptr ? key_schema(*key) : section_schema(*detail::find_section(path));
    }
    if (!section.may_be_file) { return object; }
    const ordered_json file{{"type", "string"},
                            {"minLength", 1},
                            {"description", "name of a file that holds this object"}};
    return ordered_json{{"oneOf", {object, file}}};
}

}  // namespace

std::string config_schema()
{
    ordered_json out;
    out["$schema"] = "http://json-schema.org/draft-07/schema#";
    out["title"] = detail::config_format;
    out.update(section_schema(*detail::find_section("")));
    out["required"] = {"format"};
    return out.dump(2) + "\n";
}

}  // namespace aimc::config
