// SPDX-License-Identifier: Apache-2.0
#include "sweep_check.h"

#include "strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace aimc::config::detail {
namespace {

using nlohmann::json;

bool is_free_name(const std::string& name)
{
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && name.size() <= 40 && (name[0] < '0' || name[0] > '9') &&
           std::all_of(name.begin(), name.end(), is_good);
}

std::vector<std::string> known_keys()
{
    std::vector<std::string> all;
    for (const auto& key : keys()) { all.push_back(key.path); }
    return all;
}

class Checker {
public:
    Checker(const SweepFile& sweep, std::vector<Problem>& problems)
        : sweep_(sweep), problems_(problems)
    {
    }

    /// Every name has one meaning and is given in one place.
    void check_names()
    {
        std::map<std::string, std::string> given;  // name -> where
        const auto once = [&](const std::string& name, const std::string& where) {
            const auto [first, is_new] = given.emplace(name, where);
            if (!is_new) { problem(where, name + " is given by " + first->second + ", too"); }
        };
        for (const auto& [name, value] : sweep_.set) {
            if (known(name, "/set/" + name) != nullptr) { once(name, "/set"); }
        }
        for (std::size_t a = 0; a < sweep_.axes.size(); ++a) {
            const SweepAxis& axis = sweep_.axes[a];
            const std::string where = fmt::format("/axes/{}", a);
            for (const auto& name : axis.names) {
                once(name, where);
                if (!axis.is_free) { continue; }
                if (find_key(name) != nullptr || !is_free_name(name)) {
                    problem(where + "/name", "is " + json(name).dump() +
                                                 ", must be a word of a-z, 0-9 and _ that is no "
                                                 "key (a key is given as \"key\")");
                } else {
                    free_.push_back(name);
                }
            }
            auto steps = axis.steps;
            std::sort(steps.begin(), steps.end());
            if (std::adjacent_find(steps.begin(), steps.end()) != steps.end() &&
                problems_.empty()) {
                problem(where, "has a value twice");
            }
        }
        for (const auto& formula : sweep_.derive) { once(formula.key, "/derive"); }
        for (std::size_t p = 0; p < sweep_.points.size(); ++p) {
            for (const auto& [name, value] : sweep_.points[p]) {
                if (!is_free(name)) { known(name, fmt::format("/points/{}/{}", p, name)); }
            }
        }
    }

    bool is_free(const std::string& name) const
    {
        return std::find(free_.begin(), free_.end(), name) != free_.end();
    }

    void check_formulas()
    {
        std::vector<std::string> used;
        for (const auto& formula : sweep_.derive) {
            const std::string where = "/derive/" + formula.key;
            for (const auto& term : formula.terms) {
                used.push_back(term.name);
                const Key* const key = find_key(term.name);
                const bool is_whole = key != nullptr && key->kind == Kind::integer;
                const auto is_it = [&](const auto& other) { return other.key == term.name; };
                if (std::any_of(sweep_.derive.begin(), sweep_.derive.end(), is_it)) {
                    problem(where, term.name + " is derived itself");
                } else if (!term.name.empty() && !is_whole && !is_free(term.name)) {
                    std::vector<std::string> known = known_keys();
                    known.insert(known.end(), free_.begin(), free_.end());
                    problem(where, term.name +
                                       " is neither a free axis nor a key of whole "
                                       "numbers" +
                                       did_you_mean(term.name, known));
                }
            }
        }
        for (const auto& name : free_) {
            if (std::find(used.begin(), used.end(), name) == used.end()) {
                problem("/axes", name + " is used by no formula of /derive");
            }
        }
    }

    void check_size()
    {
        if (!problems_.empty()) { return; }
        if (sweep_.axes.empty() && sweep_.points.empty()) {
            return problem("", "has neither axes nor points: nothing to do");
        }
        if (sweep_.n_points() > most_sweep_points) {
            problem("", fmt::format("has more than {} points", most_sweep_points));
        }
    }

private:
    void problem(const std::string& where, const std::string& message)
    {
        problems_.push_back({where, message});
    }
    const Key* known(const std::string& name, const std::string& where)
    {
        return known_key(name, where, problems_);
    }

    const SweepFile& sweep_;
    std::vector<Problem>& problems_;
    std::vector<std::string> free_;
};

}  // namespace

const Key* known_key(const std::string& name, const std::string& where,
                     std::vector<Problem>& problems)
{
    const Key* const key = find_key(name);
    if (key == nullptr) {
        const bool is_in_place = where.size() >= name.size() &&
                                 where.compare(where.size() - name.size(), name.size(), name) == 0;
        const std::string what = is_in_place ? "" : json(name).dump() + ", which is ";
        problems.push_back(
            {where, "is " + what + "not a known key" + did_you_mean(name, known_keys())});
    }
    return key;
}

void check_sweep(const SweepFile& sweep, std::vector<Problem>& problems)
{
    Checker checker(sweep, problems);
    checker.check_names();
    checker.check_formulas();
    checker.check_size();
}

}  // namespace aimc::config::detail
