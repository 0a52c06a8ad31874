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

std::uint64_t layer_cycles(const config::TileConfig& tile, const LayerPlan& layer, const Step& step,
                           const std::vector<std::vector<int>>& phases)
{
    const bool in_turn = takes_turns(layer);
    std::uint64_t all = 0;
    for (std::size_t first = 0; first < layer.blocks.size(); first += layer.links) {
        std::vector<std::uint64_t> ready;  // of the partial sums before it, per vector
        std::uint64_t chain = 0;
        for (std::size_t link = 0; link < layer.links; ++link) {
            const bool residual_in = link > 0 || step.residual.has_value();
            mvm::Recurrence recurrence(mvm::timing_rules(tile, residual_in), {}, {});
            const int first_column = mvm::n_first_column_cycles(tile, residual_in);
            const auto& of_block = phases[first + link];
            std::vector<std::uint64_t> next;
            std::uint64_t last = 0;
            for (std::size_t k = 0; k < of_block.size(); ++k) {
                const auto times = recurrence.next(mvm::n_read_cycles(tile.read, of_block[k]),
                                                   ready.empty() || in_turn ? 0 : ready[k]);
                next.push_back(times.post + static_cast<std::uint64_t>(first_column));
                last = times.out;
            }
            ready = std::move(next);
            chain = in_turn ? chain + last : last;
        }
        all = in_turn ? all + chain : std::max(all, chain);
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
    const auto tile = static_cast<std::size_t>(busiest - busy.begin());
    std::uint64_t most = 0;
    for (std::size_t l = 0; l < cycles.size(); ++l) {
        const auto& blocks = plan.layers[l].blocks;
        const bool is_there = std::any_of(blocks.begin(), blocks.end(),
                                          [&](const Block& b) { return b.tile == tile; });
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
