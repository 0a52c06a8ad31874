// SPDX-License-Identifier: Apache-2.0
// The results of a network as tables for people.
#include "network_report.h"

#include "aimc/cost/energy.h"
#include "aimc/report/table.h"

#include "network_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace aimc::apps {
namespace {

using report::Table;

std::string variants_table(const NetworkJob& job)
{
    Table table({{"variant", false},
                 {"age [s]", true},
                 {"upkeep", false},
                 {"top-1 [%]", true},
                 {"sd", true},
                 {"chips", true},
                 {"below float", true}});
    const bool has_float = job.float_top1 >= 0.0;
    if (has_float) {
        table.add({"float", "", "", fmt::format("{:.2f}", job.float_top1), "", "", ""});
    }
    for (const VariantResults& v : variants_of(job)) {
        const Statistic s = statistic(v.top1);
        table.add({v.variant, fmt::format("{:g}", v.age_s), v.upkeep, fmt::format("{:.2f}", s.mean),
                   s.sd ? fmt::format("{:.2f}", *s.sd) : "-", std::to_string(s.n),
                   has_float ? fmt::format("{:.2f}", std::max(job.float_top1 - s.mean, 0.0) -
                                                         std::max(s.mean - job.float_top1, 0.0))
                             : "-"});
    }
    return table.text();
}

std::string paired_lines(const NetworkJob& job)
{
    std::string out;
    std::set<double> ages;
    for (const auto& r : job.results) { ages.insert(r.age_s); }
    for (const double age : ages) {
        const auto p = paired(job, age);
        if (!p) { continue; }
        const Statistic drop = statistic(p->drop);
        const Statistic differing = statistic(p->differing);
        const std::string over_chips =
            drop.standard_error
                ? fmt::format("{:.3f} over {} chips, ", *drop.standard_error, drop.n)
                : "";
        out += report::page_lines(fmt::format(
            "NMPU against FP16 LDPU at {:g} s, the same chips and noise: drop {:.3f} points, "
            "standard error {}{:.3f} over the images; {:.2f} % of the images get another answer",
            age, drop.mean, over_chips, p->image_error, differing.mean));
    }
    return out;
}

std::string layer_table(const NetworkJob& job, const NetworkResult& r)
{
    Table table({{"layer", false, 14},
                 {"MVMs", true},
                 {"cycles", true},
                 {"busy %", true},
                 {"error %", true},
                 {"LSB", true},
                 {"sat. %", true},
                 {"range %", true},
                 {"e", true},
                 {"mirror", true},
                 {"nJ", true}});
    double energy_uJ = 0.0;
    for (const LayerFigures& l : layer_figures(job, r)) {
        energy_uJ += 1e-3 * l.energy_nJ;
        table.add({l.name, std::to_string(l.mvms), std::to_string(l.cycles),
                   fmt::format("{:.1f}", 100.0 * l.utilisation),
                   l.rel_l2 ? fmt::format("{:.2f}", 100.0 * *l.rel_l2) : "-",
                   l.rmse_lsb ? fmt::format("{:.2f}", *l.rmse_lsb) : "-",
                   fmt::format("{:.2f}", 100.0 * l.saturated),
                   l.over_range ? fmt::format("{:.2f}", 100.0 * *l.over_range) : "-",
                   std::to_string(l.scale_exponent), fmt::format("{:.2f}", l.least_ratio),
                   std::isfinite(l.energy_nJ) ? fmt::format("{:.0f}", l.energy_nJ) : "-"});
    }
    const network::MachineTime time = network::machine_time(job.wiring->plan, r.run.cycles);
    const auto& layer = job.wiring->plan.layers[time.bottleneck];
    const double ns = static_cast<double>(job.loaded.tile.t_clk_ps) * 1e-3;
    std::string out =
        fmt::format("{}, chip {}, age {:g} s:\n", r.variant, r.chip, r.age_s) + table.text();
    out += report::page_lines(fmt::format(
        "one image takes {} cycles through all layers ({:.1f} us); the next one {} cycles after it "
        "({:.0f} images/s): bottleneck tile {}, {:.0f} % of it layer {}; {} per image",
        time.latency, static_cast<double>(time.latency) * ns * 1e-3, time.interval,
        1e9 / (static_cast<double>(time.interval) * ns), time.busiest,
        100.0 * time.utilisation[time.bottleneck], layer.name,
        std::isfinite(energy_uJ) ? fmt::format("{:.1f} uJ", energy_uJ) : "energy not known"));
    return out;
}

std::string misfit_lines(const NetworkResult& r, const NetworkJob& job)
{
    std::string out;
    for (std::size_t l = 0; l < r.words.size(); ++l) {
        const auto& misfits = r.words[l].misfits;
        if (misfits.empty()) { continue; }
        const auto& m = misfits.front();
        out += report::page_lines(fmt::format(
            "NOTE: {}, layer {}: {} words do not fit their format, the first {} of column {} "
            "({:.3f} wanted, {:.3f} given); report.json names all",
            r.variant, job.wiring->plan.layers[l].name, misfits.size(), m.word, m.column, m.wanted,
            m.given));
    }
    return out;
}

/// What the energy of a tile of this kind is.
std::string energy_is(const NetworkJob& job)
{
    if (job.loaded.tile.kind == config::TileKind::analog) {
        return "Energy is set to match the published totals of full tiles; the post unit is not in "
               "it unless given.";
    }
    // the tag does not depend on how many MVMs there were
    return "Energy of full tiles is from: " + cost::energy_of(job.loaded.tile, 1, 1).tag + '.';
}

}  // namespace

std::string network_report_text(const NetworkJob& job)
{
    const auto& plan = job.wiring->plan;
    std::string out = report::page_lines(
        fmt::format("aimc network: {} on {}", job.wiring->network.name, job.loaded.tile.name));
    const std::size_t done =
        job.results.empty() ? job.float_answers.size() : job.results.front().run.answers.size();
    out += report::page_lines(fmt::format(
        "{} images of {}; calibrated with {} images of {}; {} tiles, {} tile MVMs per image{}",
        done, job.test.file, job.calibration.images.rows(), job.calibration.file, plan.n_tiles,
        plan.mvms(), job.complete ? "" : "; INTERRUPTED, what was done counts"));
    const double said = job.wiring->network.float_top1;
    if (said >= 0.0) {
        out += report::page_lines(
            fmt::format("its training reported {:.2f} % on the whole test set", said));
    }
    out += '\n' + variants_table(job) + paired_lines(job);
    for (const char* variant : {"nmpu", "ldpu"}) {
        for (const NetworkResult& r : job.results) {
            if (r.variant != variant) { continue; }
            out += '\n' + layer_table(job, r) + misfit_lines(r, job);
            break;
        }
    }
    out +=
        '\n' +
        report::page_lines(
            "MVMs, cycles and energy are per image. busy: share of the pipeline's interval. "
            "error: of what the layer sums up against exact tiles with the same inputs, before "
            "the activation, over the first images (function engine). sat.: outputs beyond their "
            "word. range: conversions with a current above the converter's (function engine: of "
            "the columns in use). e: scale exponent. mirror: least current ratio. " +
            energy_is(job));
    return out;
}

}  // namespace aimc::apps
