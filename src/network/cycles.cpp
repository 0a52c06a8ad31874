// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/cycles.h"

#include "aimc/mvm/post.h"
#include "aimc/mvm/timing.h"

#include <algorithm>
#include <set>

namespace aimc::network {

bool takes_turns(const LayerPlan& layer)
{
    std::set<std::size_t> tiles;
    for (const Block& b : layer.blocks) { tiles.insert(b.tile); }
    return tiles.size() < layer.blocks.size();
}

namespace {

/// One chain of row tiles, all at once.
std::uint64_t chain_cycles(const config::TileConfig& tile, bool residual_in,
                           const std::vector<int>* phases, std::size_t links)
{
    mvm::ChainRecurrence chain(mvm::chain_of(tile, links, residual_in), {}, {});
    std::vector<int> n_reads(links);
    std::uint64_t last = 0;
    for (std::size_t k = 0; k < phases[0].size(); ++k) {
        for (std::size_t j = 0; j < links; ++j) {
            n_reads[j] = mvm::n_read_cycles(tile, phases[j][k]);
        }
        last = chain.next(n_reads).back().out;
    }
    return last;
}

/// One block by itself: partial sums wait until it is its turn.
std::uint64_t block_cycles(const config::TileConfig& tile, bool residual_in,
                           const std::vector<int>& phases)
{
    mvm::Recurrence recurrence(mvm::timing_rules(tile, residual_in), {}, {});
    std::uint64_t last = 0;
    for (const int n : phases) { last = recurrence.next(mvm::n_read_cycles(tile, n)).out; }
    return last;
}

}  // namespace

std::uint64_t layer_cycles(const config::TileConfig& tile, const LayerPlan& layer, const Step& step,
                           const std::vector<std::vector<int>>& phases)
{
    const bool in_turn = takes_turns(layer);
    const bool residual_in = step.residual.has_value();
    std::uint64_t all = 0;
    for (std::size_t first = 0; first < layer.blocks.size(); first += layer.links) {
        if (!in_turn) {
            all = std::max(all, chain_cycles(tile, residual_in, &phases[first], layer.links));
            continue;
        }
        for (std::size_t link = 0; link < layer.links; ++link) {
            all += block_cycles(tile, residual_in || link > 0, phases[first + link]);
        }
    }
    return all;
}

MachineTime machine_time(const Plan& plan, const std::vector<std::uint64_t>& cycles)
{
    MachineTime out;
    std::vector<std::uint64_t> busy(plan.n_tiles, 0);
    for (std::size_t l = 0; l < cycles.size(); ++l) {
        out.latency += cycles[l];
        std::set<std::size_t> tiles;
        for (const Block& b : plan.layers[l].blocks) { tiles.insert(b.tile); }
        for (const std::size_t t : tiles) { busy[t] += cycles[l]; }
    }
    const auto busiest = std::max_element(busy.begin(), busy.end());
    out.interval = *busiest;
    out.busiest = static_cast<std::size_t>(busiest - busy.begin());
    std::uint64_t most = 0;
    for (std::size_t l = 0; l < cycles.size(); ++l) {
        const auto& blocks = plan.layers[l].blocks;
        const bool is_there = std::any_of(blocks.begin(), blocks.end(),
                                          [&](const Block& b) { return b.tile == out.busiest; });
        if (is_there && cycles[l] > most) {
            most = cycles[l];
            out.bottleneck = l;
        }
        out.utilisation.push_back(static_cast<double>(cycles[l]) /
                                  static_cast<double>(out.interval));
    }
    return out;
}

}  // namespace aimc::network
