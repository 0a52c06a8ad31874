// SPDX-License-Identifier: Apache-2.0
#include "network_layers.h"

#include "aimc/cost/energy.h"

#include <algorithm>

namespace aimc::apps {
namespace {

double share(std::uint64_t part, std::uint64_t all)
{
    return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

std::vector<LayerFigures> layer_figures(const NetworkJob& job, const NetworkResult& result)
{
    const auto& plan = job.wiring->plan;
    const auto& run = result.run;
    const network::MachineTime time = network::machine_time(plan, run.cycles);
    const std::uint64_t images = std::max<std::uint64_t>(run.answers.size(), 1);
    std::vector<LayerFigures> out;
    for (std::size_t l = 0; l < plan.layers.size(); ++l) {
        const network::LayerPlan& layer = plan.layers[l];
        const network::LayerEvents& events = run.layers[l];
        LayerFigures f;
        f.name = layer.name;
        f.mvms = layer.mvms();
        f.cycles = run.cycles[l];
        f.utilisation = time.utilisation[l];
        f.rel_l2 = run.errors[l].rel_l2();
        f.rmse_lsb = run.errors[l].rmse_lsb();
        const std::uint64_t outputs = images * layer.positions * layer.cols;
        f.saturated = share(events.post.saturated, outputs);
        f.partial_saturated = share(events.post.partial_saturated + events.words_clipped, outputs);
        f.watched = events.adc.watched;
        if (f.watched > 0) {
            f.over_range = share(events.adc.over_range, f.watched);
            f.polarity_flips = share(events.adc.polarity_flips, f.watched);
        }
        for (const auto& words : result.words[l].blocks) {  // a compensation may raise one of them
            f.scale_exponent = std::max(f.scale_exponent, words.scale_exponent);
        }
        f.rank_deficient = result.words[l].rank_deficient;
        f.columns_needing_exponent = result.words[l].columns_needing_exponent;
        f.misfits = result.words[l].misfits.size();
        for (const auto& block : layer.blocks) {
            f.least_ratio = std::min(f.least_ratio, result.ratios[block.tile]);
        }
        if (events.mvms > 0) {
            config::TileConfig tile = job.loaded.tile;
            tile.post = result.variant == "nmpu" ? config::PostUnit::nmpu : config::PostUnit::ldpu;
            f.energy_nJ = cost::energy_of(tile, events.mvms, events.phases).per_mvm_nJ *
                          static_cast<double>(f.mvms);
        }
        out.push_back(std::move(f));
    }
    return out;
}

std::vector<VariantResults> variants_of(const NetworkJob& job)
{
    std::vector<VariantResults> out;
    for (const NetworkResult& r : job.results) {
        const auto same = std::find_if(out.begin(), out.end(), [&](const VariantResults& v) {
            return v.variant == r.variant && v.age_s == r.age_s;
        });
        VariantResults& v =
            same != out.end() ? *same
                              : out.emplace_back(VariantResults{r.variant, r.upkeep, r.age_s, {}});
        v.top1.push_back(r.top1);
    }
    std::stable_sort(out.begin(), out.end(), [](const VariantResults& a, const VariantResults& b) {
        return a.variant < b.variant;
    });
    return out;
}

}  // namespace aimc::apps
