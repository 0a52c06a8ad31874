// SPDX-License-Identifier: Apache-2.0
#include "budget_command.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/budget/error_budget.h"
#include "aimc/config/load.h"
#include "aimc/report/table.h"

#include "kind_checks.h"
#include "outputs.h"
#include "session.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace aimc::apps {
namespace {

using budget::Budget;
using budget::LayerBudget;
using budget::Part;
using report::Table;
using Json = nlohmann::ordered_json;

constexpr const char* default_mvms = "workload.mvms=256";  // Choice: 65,536 outputs per variant

/// JSON knows no infinity: what has no value is null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

Json to_json(const budget::Error& e)
{
    return {{"rel_l2", number(e.rel_l2)},
            {"rmse_lsb", number(e.rmse_lsb)},
            {"max_abs_lsb", number(e.max_abs_lsb)},
            {"current_ratio", number(e.current_ratio)},
            {"misfits", e.misfits}};
}

Json to_json(const Part& part, config::PostUnit post)
{
    Json json{{"name", budget::name_of(part.source, post)}, {"present", part.absent.empty()}};
    if (!part.absent.empty()) {
        json["absent"] = part.absent;
        return json;
    }
    json["alone"] = to_json(part.alone);
    json["without"] = to_json(part.without);
    json["share"] = number(part.share);
    return json;
}

std::string budget_json(const config::LoadedConfig& loaded, const config::Workload& workload,
                        const Budget& budget)
{
    const auto& tile = loaded.tile;
    Json json;
    json["format"] = "aimc-budget/1";
    json["config"] = {{"name", tile.name}, {"sha256", loaded.sha256}};
    json["seed"] = {{"device", tile.seed.device}, {"read", tile.seed.read}};
    json["age_s"] = tile.device.age_s;
    json["workload"] = {{"name", workload.name}, {"mvms", workload.inputs.rows()}};
    for (const LayerBudget& l : budget.layers) {
        Json layer{{"name", l.name},
                   {"y_lsb", number(l.y_lsb)},
                   {"calibration_vectors", l.calibration_vectors},
                   {"all", to_json(l.all)},
                   {"quantisation_only", to_json(l.quantisation_only)},
                   {"none", to_json(l.none)}};
        for (const Part& part : l.parts) { layer["sources"].push_back(to_json(part, tile.post)); }
        layer["residue"] = number(l.residue);
        layer["interaction"] = number(l.interaction);
        json["layers"].push_back(std::move(layer));
    }
    return json.dump(2) + '\n';
}

std::string percent(double value, int decimals)
{
    if (!std::isfinite(value)) { return "-"; }
    const std::string text = fmt::format("{:.{}f}", 100.0 * value, decimals);
    // a zero has no sign
    return text.find_first_of("123456789") == std::string::npos && text[0] == '-' ? text.substr(1)
                                                                                  : text;
}

std::string share(const std::optional<double>& value) { return value ? percent(*value, 1) : "-"; }
std::string lsb(double value) { return fmt::format("{:.3f}", value); }

std::string layer_table(const LayerBudget& l, config::PostUnit post)
{
    Table table({{"source", false, 34},
                 {"alone [%]", true},
                 {"[LSB]", true},
                 {"without [%]", true},
                 {"[LSB]", true},
                 {"share [%]", true}});
    for (const Part& part : l.parts) {
        if (!part.absent.empty()) { continue; }
        table.add({budget::name_of(part.source, post), percent(part.alone.rel_l2, 3),
                   lsb(part.alone.rmse_lsb), percent(part.without.rel_l2, 3),
                   lsb(part.without.rmse_lsb), share(part.share)});
    }
    table.add({"nothing on: grid, ceiling, clips", percent(l.none.rel_l2, 3), lsb(l.none.rmse_lsb),
               "", "", share(l.residue)});
    table.add({"interaction", "", "", "", "", share(l.interaction)});
    table.add({"all on", percent(l.all.rel_l2, 3), lsb(l.all.rmse_lsb), "", "",
               l.residue ? "100.0" : "-"});
    return table.text();
}

std::string heading(const config::TileConfig& tile, const config::Workload& workload,
                    const LayerBudget& layer)
{
    const std::string calibration =
        layer.calibration_vectors > 0
            ? fmt::format("{} calibration vectors", layer.calibration_vectors)
            : std::string("fixed affine words");
    return report::page_lines("aimc error budget: " + tile.name) +
           report::page_lines(
               fmt::format("{} vectors, {} in each of {} bring-ups; seeds device {}, read "
                           "{}; age {} s (device.age_s); the same random numbers in every "
                           "variant",
                           workload.inputs.rows(), calibration, budget::n_variants(tile),
                           tile.seed.device, tile.seed.read, tile.device.age_s));
}

std::string absent_sources(const LayerBudget& l, config::PostUnit post)
{
    std::string absent;
    for (const Part& part : l.parts) {
        if (part.absent.empty()) { continue; }
        absent += (absent.empty() ? "" : ", ") + budget::name_of(part.source, post) + " (" +
                  part.absent + ")";
    }
    return absent.empty() ? "" : report::page_lines("absent: " + absent);
}

std::string budget_text(const config::LoadedConfig& loaded, const config::Workload& workload,
                        const Budget& budget)
{
    const auto& tile = loaded.tile;
    std::string text = heading(tile, workload, budget.layers.front());
    for (const LayerBudget& l : budget.layers) {
        text += '\n';
        if (budget.layers.size() > 1) { text += report::page_lines("layer " + l.name); }
        text += layer_table(l, tile.post);
        if (l.all.misfits > 0) {
            text += report::page_lines(fmt::format(
                "NOTE: {} scales and offsets do not fit their formats with all on; `sim "
                "run` names them",
                l.all.misfits));
        }
    }
    if (!tile.ageing.schedule_s.empty()) {
        text += report::page_lines(
            "ageing.schedule_s is not used: a budget is of one age, device.age_s");
    }
    text += absent_sources(budget.layers.front(), tile.post) + '\n';
    text += report::page_lines(
        "Error of y against W x in output LSB (saturated, unrounded, before the activation), as "
        "relative L2 norm and as rms. alone: this source and no other. without: all but this. "
        "share: how much of the squared error goes away with the source, "
        "(all^2 - without^2) / all^2.");
    text += report::page_lines(
        "interaction: what the shares leave of 100 %. Independent errors add as squares and leave "
        "nothing. Positive: sources overlap, with one away the others still do part of its damage, "
        "and so no share counts that part. Negative: sources do more damage together than each by "
        "itself, and the joint part is counted with each of them.");
    return text;
}

/// On a terminal only.
void show_progress(std::size_t done, std::size_t all)
{
    fmt::print(stderr, "\r{} of {} variants   {}", done, all, done == all ? "\n" : "");
    std::fflush(stderr);
}

}  // namespace

int budget_command(const Options& options)
{
    std::vector<std::string> sets{default_mvms};
    sets.insert(sets.end(), options.sets.begin(), options.sets.end());
    const auto loaded = config::load_config(options.file, sets);
    const std::string folder = options.out.empty() ? "out/" + loaded.tile.name : options.out;
    require_analog(loaded, "for a budget: its error sources are those of cells and oscillators");
    budget::require_switchable(loaded.tile, loaded.path);
    require_writable(folder);
    catch_interrupts();
    const config::Workload workload = config::workload_for(loaded.tile);
    budget::Settings settings;
    settings.simd = options.simd;
    settings.threads = options.threads;
    settings.stop_requested = interrupt_requested;
    if (!options.quiet && ::isatty(2) != 0) { settings.on_progress = show_progress; }
    const Budget budget = budget::error_budget(loaded.tile, workload, settings);
    if (!budget.complete) {
        if (!options.quiet) {
            const char* below = settings.on_progress ? "\n" : "";  // the line that shows progress
            fmt::print(stderr, "{}sim: interrupted, no budget is written\n", below);
        }
        return static_cast<int>(ExitCode::interrupted);
    }
    const std::string text = budget_text(loaded, workload, budget);
    write_file(folder + "/budget.txt", text);
    // last: its presence says all is there
    write_file(folder + "/budget.json", budget_json(loaded, workload, budget));
    if (!options.quiet) { fmt::print("{}", text); }
    return static_cast<int>(ExitCode::done);
}

}  // namespace aimc::apps
