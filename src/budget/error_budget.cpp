// SPDX-License-Identifier: Apache-2.0
#include "aimc/budget/error_budget.h"

#include "aimc/base/error.h"

#include "variant_run.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <map>
#include <mutex>

namespace aimc::budget {
namespace {

using config::TileConfig;

/// Every variant once, by its switches: with few sources some of them coincide.
using Variants = std::map<std::uint32_t, Switches>;
using Errors = std::map<std::uint32_t, std::vector<Error>>;

Variants variants_of(const TileConfig& config)
{
    const Switches all = present(config);
    Variants out;
    const auto add = [&](Switches s) { out.emplace(s.key(), s); };
    add({});
    add(all);
    for (const Source s : all_sources()) {
        if (!all.has(s)) { continue; }
        add(Switches{}.with(s));
        add(all.without(s));
    }
    return out;
}

/// Errors of all variants, spread over threads; empty when stopped.
Errors run_all(const Experiment& experiment, const Variants& variants, const Settings& settings)
{
    const std::vector<Variants::value_type> list(variants.begin(), variants.end());
    Errors errors;
    std::mutex results;
    bool stopped = false;
    const auto one = [&](std::size_t i) {
        if (settings.stop_requested && settings.stop_requested()) { return; }
        auto error = run_variant(experiment, list[i].second, settings);
        const std::lock_guard<std::mutex> lock(results);
        if (error.empty()) { return; }
        errors.emplace(list[i].first, std::move(error));
        if (settings.on_progress) { settings.on_progress(errors.size(), list.size()); }
    };
    const auto threads = static_cast<std::size_t>(settings.threads);
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                            threads);
    oneapi::tbb::task_arena arena(settings.threads);
    arena.execute([&] { oneapi::tbb::parallel_for(std::size_t{0}, list.size(), one); });
    stopped = errors.size() != list.size();
    return stopped ? Errors{} : errors;
}

std::optional<double> share_of(double part2, double all2)
{
    if (!(all2 > 0.0)) { return std::nullopt; }
    return part2 / all2;
}

LayerBudget layer_budget(const Experiment& e, const Errors& errors, std::size_t l)
{
    const auto at = [&](Switches s) { return errors.at(s.key())[l]; };
    const auto square = [](const Error& error) { return error.rmse_lsb * error.rmse_lsb; };
    const Switches all = present(e.config);
    LayerBudget out;
    out.name = e.workload.layers[l].name.empty() ? std::to_string(l) : e.workload.layers[l].name;
    out.y_lsb = e.y_lsb[l];
    out.vectors = e.inputs[l].rows();
    out.calibration_vectors = e.fixed.empty() ? e.calibration_inputs[l].rows() : 0;
    out.all = at(all);
    out.none = at({});
    out.quantisation_only = at(Switches{}.with(Source::quantisation));
    const double all2 = square(out.all);
    double rest2 = all2 - square(out.none);
    for (const Source s : all_sources()) {
        Part part;
        part.source = s;
        part.absent = why_absent(s, e.config);
        if (part.absent.empty()) {
            part.alone = at(Switches{}.with(s));
            part.without = at(all.without(s));
            const double part2 = all2 - square(part.without);
            part.share = share_of(part2, all2);
            rest2 -= part2;
        }
        out.parts.push_back(std::move(part));
    }
    out.residue = share_of(square(out.none), all2);
    out.interaction = share_of(rest2, all2);
    return out;
}

}  // namespace

void require_switchable(const TileConfig& config, const std::string& file)
{
    std::vector<Problem> problems;
    if (!config.chip.empty()) {
        problems.push_back({"/chip",
                            "is a frozen chip: its conductances are given, so there is "
                            "nothing to switch; take the configuration it was frozen from"});
    }
    if (!config.calibration.file.empty()) {
        problems.push_back({"/calibration/file",
                            "is given: a budget calibrates every variant anew; "
                            "leave the key out"});
    }
    if (!problems.empty()) { throw ConfigError(file, problems); }
}

Budget error_budget(const TileConfig& config, const config::Workload& workload,
                    const Settings& settings)
{
    require_switchable(config, config.name);
    const Experiment experiment = prepare(config, workload);
    const Errors errors = run_all(experiment, variants_of(config), settings);
    Budget out;
    out.complete = !errors.empty();
    for (std::size_t l = 0; out.complete && l < workload.layers.size(); ++l) {
        out.layers.push_back(layer_budget(experiment, errors, l));
    }
    return out;
}

std::size_t n_variants(const TileConfig& config) { return variants_of(config).size(); }

}  // namespace aimc::budget
