// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/sweep_file.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include "config_text.h"
#include "key_check.h"
#include "key_table.h"
#include "strict_json.h"
#include "sweep_check.h"
#include "sweep_formula.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace aimc::config {
namespace {

using detail::Need;
using detail::ObjectReader;
using nlohmann::json;

/// Reads one sweep file and keeps what is wrong with it.
class Loader {
public:
    explicit Loader(std::string path) { out_.path = std::move(path); }

    SweepFile load(const std::vector<std::string>& sets)
    {
        std::string why;
        const auto text = detail::read_config_text(out_.path, why);
        if (text) { why = detail::not_json(*text); }
        if (!why.empty()) { throw ConfigError(out_.path, why); }
        const json document = detail::parse_strict(*text, "", problems_);
        stop_if_wrong();  // what was not parsed cannot be judged
        ObjectReader reader(document, "", problems_);
        reader.choice("format", {"aimc-sweep/1"}, Need::required);
        stop_if_wrong();  // another format: its keys would all be unknown
        read_top(reader);
        for (const auto& set : sets) { add_set(set); }
        detail::check_sweep(out_, problems_);
        stop_if_wrong();
        return std::move(out_);
    }

private:
    void stop_if_wrong() const
    {
        if (!problems_.empty()) { throw ConfigError(out_.path, problems_); }
    }
    void problem(const std::string& where, const std::string& message)
    {
        problems_.push_back({where, message});
    }

    void read_top(ObjectReader& reader)
    {
        const auto name = reader.text("name", Need::optional);
        out_.name = name.value_or(std::filesystem::path(out_.path).stem().string());
        if (!detail::is_name(out_.name)) {
            reader.problem("name", "must be a name of 1 to 100 characters without '/'");
        }
        if (const auto config = reader.text("config", Need::required)) {
            out_.config = resolve_beside(out_.path, *config);
        }
        if (const json* const value = reader.member("set", Need::optional)) {
            out_.set = read_values(*value, "/set");
        }
        if (const json* const list = list_of(reader, "axes")) {
            for (const json& axis : *list) { read_axis(axis); }
        }
        if (const json* const value = reader.member("derive", Need::optional)) {
            read_formulas(*value);
        }
        if (const json* const list = list_of(reader, "points")) {
            for (const json& point : *list) {
                out_.points.push_back(
                    read_values(point, fmt::format("/points/{}", out_.points.size())));
            }
        }
        out_.skip_invalid =
            reader.choice("invalid", {"error", "skip"}, Need::optional) == std::string("skip");
        out_.objective = reader.text("objective", Need::optional).value_or("mvm_rel_l2");
        reader.finish();
    }

    const json* list_of(ObjectReader& reader, const std::string& key)
    {
        const json* const value = reader.member(key, Need::optional);
        if (value == nullptr) { return nullptr; }
        if (value->is_array() && !value->empty()) { return value; }
        reader.problem(
            key, fmt::format("is {}, must be a list that is not empty", detail::shown(*value)));
        return nullptr;
    }

    /// One value of a key, as its canonical JSON text.
    std::string value_text(const json& value, const detail::Key& key, const std::string& where)
    {
        const auto checked = detail::checked(value, key);
        if (!checked) { problem(where, detail::complaint(value, key)); }
        return checked ? detail::text_of(*checked, key) : "";
    }

    const detail::Key* key_of(const std::string& name, const std::string& where)
    {
        return detail::known_key(name, where, problems_);
    }

    /// {"nmpu.cut": 5, ...}; names of free axes are for check_sweep().
    std::vector<SweepValue> read_values(const json& value, const std::string& where)
    {
        std::vector<SweepValue> all;
        if (!value.is_object()) {
            problem(where, fmt::format("is {}, must be an object of keys and values",
                                       detail::shown(value)));
            return all;
        }
        for (const auto& [name, given] : value.items()) {
            const detail::Key* const key = detail::find_key(name);
            const std::string place = fmt::format("{}/{}", where, name);
            all.emplace_back(
                name, key != nullptr ? value_text(given, *key, place) : whole_text(given, place));
        }
        return all;
    }

    std::string whole_text(const json& value, const std::string& where)
    {
        constexpr std::int64_t most = 1'000'000'000;
        const auto whole = detail::as_whole(value, -most, most);
        if (!whole) {
            problem(where, fmt::format("is {}, must be a whole number (it is of no key)",
                                       detail::shown(value)));
        }
        return whole ? std::to_string(*whole) : "";
    }

    void read_axis(const json& value)
    {
        const std::string where = fmt::format("/axes/{}", out_.axes.size());
        SweepAxis& axis = out_.axes.emplace_back();
        ObjectReader reader(value, where, problems_);
        const auto key = reader.text("key", Need::optional);
        const auto name = reader.text("name", Need::optional);
        const json* const keys = reader.member("keys", Need::optional);
        const json* const values =
            reader.member("values", keys == nullptr ? Need::required : Need::optional);
        reader.finish();
        if (keys != nullptr) {
            if (key || values != nullptr) {
                problem(where, "has keys, so it can have neither key nor values");
            }
            read_walk(*keys, axis, where);
        } else if (key && name) {
            problem(where, "has key and name; a key needs no name, a free axis has no key");
        } else if (!key && !name) {
            problem(where, "needs a key, a name for formulas, or keys that walk together");
        } else if (values != nullptr) {
            axis.is_free = !key;
            if (key && detail::find_key(*key) == nullptr) {
                detail::known_key(*key, where + "/key", problems_);
            } else {
                add_steps(key ? *key : *name, *values, axis, where + "/values");
            }
        }
    }

    void read_walk(const json& keys, SweepAxis& axis, const std::string& where)
    {
        if (!keys.is_object() || keys.empty()) {
            return problem(where + "/keys",
                           fmt::format("is {}, must be an object of keys and their values",
                                       detail::shown(keys)));
        }
        for (const auto& [name, values] : keys.items()) {
            add_steps(name, values, axis, fmt::format("{}/keys/{}", where, name));
        }
    }

    /// The values of one name, beside those of the names before it.
    void add_steps(const std::string& name, const json& values, SweepAxis& axis,
                   const std::string& where)
    {
        const detail::Key* const key = axis.is_free ? nullptr : key_of(name, where);
        if (!values.is_array() || values.empty()) {
            return problem(where, fmt::format("is {}, must be a list of at least one value",
                                              detail::shown(values)));
        }
        if (!axis.is_free && key == nullptr) { return; }
        if (!axis.names.empty() && axis.steps.size() != values.size()) {
            return problem(where, fmt::format("has {} values, but {} has {}: keys that walk "
                                              "together need as many",
                                              values.size(), axis.names[0], axis.steps.size()));
        }
        axis.steps.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::string place = fmt::format("{}/{}", where, i);
            axis.steps[i].push_back(key != nullptr ? value_text(values[i], *key, place)
                                                   : whole_text(values[i], place));
        }
        axis.names.push_back(name);
    }

    void read_formulas(const json& value)
    {
        if (!value.is_object()) {
            return problem("/derive", fmt::format("is {}, must be an object of keys and formulas",
                                                  detail::shown(value)));
        }
        for (const auto& [name, text] : value.items()) {
            const std::string where = "/derive/" + name;
            const detail::Key* const key = key_of(name, where);
            std::string why;
            if (key != nullptr && key->kind != detail::Kind::integer) {
                why = "is not a key of whole numbers";
            } else if (!text.is_string()) {
                why = fmt::format("is {}, must be a formula, as text", detail::shown(text));
            }
            SweepFormula formula{name, text.is_string() ? text.get<std::string>() : "", {}};
            if (why.empty() && key != nullptr) {
                formula.terms = detail::parse_formula(formula.text, why)
                                    .value_or(std::vector<SweepFormula::Term>{});
            }
            if (!why.empty()) { problem(where, why); }
            out_.derive.push_back(std::move(formula));
        }
    }

    void add_set(const std::string& set)
    {
        const auto equals = set.find('=');
        const std::string name = set.substr(0, equals);
        const std::string where = "--set " + name;
        if (equals == std::string::npos || name.empty()) {
            return problem(where, "must be path.to.key=value");
        }
        const detail::Key* const key = key_of(name, where);
        if (key == nullptr) { return; }
        const std::string text = set.substr(equals + 1);
        std::vector<Problem> ignored;
        json value = detail::parse_strict(text, "", ignored);
        const bool wants_text = key->is_file() || key->kind == detail::Kind::text;
        const bool is_json = !value.is_discarded() && ignored.empty() &&
                             (!wants_text || value.is_string() || value.is_null());
        if (!is_json) { value = text; }
        const auto same = [&](const SweepValue& v) { return v.first == name; };
        out_.set.erase(std::remove_if(out_.set.begin(), out_.set.end(), same), out_.set.end());
        out_.set.emplace_back(name, value_text(value, *key, where));
    }

    SweepFile out_;
    std::vector<Problem> problems_;
};

}  // namespace

std::size_t SweepFile::grid_points() const
{
    std::size_t n = axes.empty() ? 0 : 1;
    for (const SweepAxis& axis : axes) {
        n = std::min(n * axis.steps.size(), most_sweep_points + 1);  // beyond it nobody counts
    }
    return n;
}

SweepFile load_sweep(const std::string& path, const std::vector<std::string>& sets)
{
    return Loader(path).load(sets);
}

std::string key_unit(const std::string& key)
{
    const detail::Key* const found = detail::find_key(key);
    return found == nullptr || found->unit == "-" ? "" : found->unit;
}

std::string key_text(const TileConfig& config, const std::string& key)
{
    const detail::Key* const found = detail::find_key(key);
    if (found == nullptr) { return "null"; }
    detail::Value value = found->get(config);
    if (auto* const name = std::get_if<std::string>(&value); name != nullptr && found->is_file()) {
        *name = std::filesystem::path(*name).filename().string();
    }
    return detail::text_of(value, *found);
}

}  // namespace aimc::config
