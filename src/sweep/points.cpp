// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/points.h"

#include "aimc/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace aimc::sweep {
namespace {

using config::SweepValue;

const std::string* find(const std::vector<SweepValue>& values, const std::string& name)
{
    const auto found = std::find_if(values.begin(), values.end(),
                                    [&](const SweepValue& v) { return v.first == name; });
    return found == values.end() ? nullptr : &found->second;
}

std::optional<std::int64_t> whole(const std::string& text)
{
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto got = std::from_chars(text.data(), end, value);
    return got.ec == std::errc{} && got.ptr == end ? std::optional(value) : std::nullopt;
}

}  // namespace

Points::Points(const config::SweepFile& file, const config::TileConfig& base)
    : file_(file), base_(base)
{
    const auto add = [&](const std::string& name, bool is_derived, std::size_t axis) {
        const auto same = [&](const PointColumn& c) { return c.name == name; };
        if (std::none_of(columns_.begin(), columns_.end(), same)) {
            columns_.push_back({name, is_derived, axis});
        }
    };
    std::size_t axis = 0;
    for (const auto& one : file.axes) {
        for (const auto& name : one.names) { add(name, false, axis); }
        ++axis;
    }
    const auto is_derived = [&](const std::string& name) {
        return std::any_of(file.derive.begin(), file.derive.end(),
                           [&](const auto& formula) { return formula.key == name; });
    };
    for (const auto& point : file.points) {
        for (const auto& [name, value] : point) {
            if (!is_derived(name)) { add(name, false, axis++); }
        }
    }
    for (const auto& formula : file.derive) { add(formula.key, true, 0); }
}

/// The value of a key that the point does not give.
std::string Points::elsewhere(const std::string& key) const
{
    const std::string* const set = find(file_.set, key);
    return set != nullptr ? *set : config::key_text(base_, key);
}

bool Points::is_free(const std::string& name) const
{
    return std::any_of(file_.axes.begin(), file_.axes.end(), [&](const config::SweepAxis& axis) {
        return axis.is_free && axis.names[0] == name;
    });
}

std::vector<SweepValue> Points::given(std::size_t index) const
{
    const std::size_t grid = file_.grid_points();
    if (index >= grid) { return file_.points[index - grid]; }
    std::vector<SweepValue> values;
    std::size_t rest = grid;
    for (const auto& axis : file_.axes) {
        rest /= axis.steps.size();
        const auto& step = axis.steps[index / rest % axis.steps.size()];
        for (std::size_t i = 0; i < axis.names.size(); ++i) {
            values.emplace_back(axis.names[i], step[i]);
        }
    }
    return values;
}

std::string Points::value_of(const config::SweepFormula& formula,
                             const std::vector<SweepValue>& given, std::size_t index) const
{
    std::int64_t sum = 0;
    for (const auto& term : formula.terms) {
        std::optional<std::int64_t> value = term.constant;
        if (!term.name.empty()) {
            const std::string* const found = find(given, term.name);
            if (found == nullptr && is_free(term.name)) {
                throw ConfigError(
                    file_.path,
                    std::vector<Problem>{{fmt::format("/points/{}", index - file_.grid_points()),
                                          fmt::format("lacks {}, which {} = {} needs", term.name,
                                                      formula.key, formula.text)}});
            }
            value = whole(found != nullptr ? *found : elsewhere(term.name));
        }
        if (!value) {
            throw ConfigError(file_.path, std::vector<Problem>{
                                              {"/derive/" + formula.key,
                                               "needs a number, but " + term.name + " has none"}});
        }
        sum += term.sign * *value;
    }
    return std::to_string(sum);
}

Point Points::at(std::size_t index) const
{
    std::vector<SweepValue> values = given(index);
    const std::vector<SweepValue> plain = values;
    for (const auto& formula : file_.derive) {
        if (find(plain, formula.key) == nullptr) {
            values.emplace_back(formula.key, value_of(formula, plain, index));
        }
    }
    Point point;
    point.sets = common_sets(file_);
    for (const auto& [name, value] : values) {
        if (!is_free(name)) { point.sets.push_back(name + '=' + value); }
    }
    for (const auto& column : columns_) {
        const std::string* const found = find(values, column.name);
        point.values.push_back(found != nullptr ? *found : elsewhere(column.name));
    }
    return point;
}

std::vector<std::string> Points::common_sets(const config::SweepFile& file)
{
    std::vector<std::string> sets;
    for (const auto& [name, value] : file.set) { sets.push_back(name + '=' + value); }
    return sets;
}

}  // namespace aimc::sweep
