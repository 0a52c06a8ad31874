// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/plan.h"

#include "aimc/base/error.h"

#include "shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace aimc::network {
namespace {

using config::Range;

/// n cut into as few equal pieces as hold at most `most` each.
std::vector<Range> pieces(std::size_t n, std::size_t most)
{
    const std::size_t count = (n + most - 1) / most;
    std::vector<Range> out;
    for (std::size_t i = 0; i < count; ++i) { out.push_back({n * i / count, n * (i + 1) / count}); }
    return out;
}

LayerPlan cut(const config::NetworkNode& node, std::size_t step, const Plan& plan,
              std::size_t replicate_over)
{
    LayerPlan layer;
    layer.step = step;
    layer.name = node.name;
    layer.rows = node.codes.rows();
    layer.cols = node.codes.cols();
    layer.positions = positions_of(node);
    layer.copies = std::max<std::size_t>(1, replicate_over * plan.tile_rows / layer.rows);
    const auto rows = pieces(layer.rows * layer.copies, plan.tile_rows);
    const auto cols = pieces(layer.cols, plan.tile_cols);
    layer.links = rows.size();
    layer.chains = cols.size();
    for (const Range& c : cols) {
        for (const Range& r : rows) {
            layer.blocks.push_back({r, c, 0, {0, r.size()}, {0, c.size()}});
        }
    }
    return layer;
}

struct Placed {
    Block* block;
    std::uint64_t mvms;  ///< per image
};

/// @return false when a block found no room
bool place(std::vector<Placed>& blocks, std::size_t n_tiles, bool balanced, Plan& plan)
{
    std::vector<Shelf> tiles(n_tiles, Shelf(plan.tile_rows, plan.tile_cols));
    std::vector<std::uint64_t> load(n_tiles, 0);
    std::vector<std::size_t> order(n_tiles);
    for (const Placed& p : blocks) {
        std::iota(order.begin(), order.end(), std::size_t{0});
        if (balanced) {
            std::stable_sort(order.begin(), order.end(),
                             [&](std::size_t a, std::size_t b) { return load[a] < load[b]; });
        }
        bool found = false;
        for (const std::size_t t : order) {
            const auto corner = tiles[t].put(p.block->at_rows.size(), p.block->cols.size());
            if (!corner) { continue; }
            p.block->tile = t;
            p.block->at_rows = {corner->row, corner->row + p.block->at_rows.size()};
            p.block->at_cols = {corner->col, corner->col + p.block->cols.size()};
            load[t] += p.mvms;
            found = true;
            break;
        }
        if (!found) { return false; }
    }
    plan.n_tiles = n_tiles;
    return true;
}

}  // namespace

std::uint64_t Plan::mvms() const
{
    std::uint64_t sum = 0;
    for (const auto& layer : layers) { sum += layer.mvms(); }
    return sum;
}

std::size_t Plan::n_blocks() const
{
    std::size_t sum = 0;
    for (const auto& layer : layers) { sum += layer.blocks.size(); }
    return sum;
}

double Plan::used() const
{
    double cells = 0.0;
    for (const auto& layer : layers) {
        for (const Block& b : layer.blocks) {
            cells += static_cast<double>(b.at_rows.size() * b.cols.size());
        }
    }
    return cells / static_cast<double>(tile_rows * tile_cols * n_tiles);
}

std::uint64_t Plan::reads_per_image() const { return first_read(layers.size()); }

std::uint64_t Plan::first_read(std::size_t layer) const
{
    std::uint64_t sum = 0;
    for (std::size_t l = 0; l < layer; ++l) { sum += layers[l].positions * layers[l].chains; }
    return sum;
}

Plan make_plan(const config::Network& network, const Program& program, std::size_t tile_rows,
               std::size_t tile_cols, const TilesWish& wish)
{
    Plan plan;
    plan.tile_rows = tile_rows;
    plan.tile_cols = tile_cols;
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        if (!is_layer(network, program.steps[s])) { continue; }
        plan.layers.push_back(
            cut(network.nodes[program.steps[s].node], s, plan, wish.replicate_over));
    }
    std::vector<Placed> blocks;
    for (auto& layer : plan.layers) {
        for (auto& block : layer.blocks) { blocks.push_back({&block, layer.positions}); }
    }
    if (wish.count == 0 && wish.kind == TilesWish::Kind::all) {
        plan.n_tiles = blocks.size();
        for (std::size_t t = 0; t < blocks.size(); ++t) { blocks[t].block->tile = t; }
        return plan;
    }
    // the tallest first, the widest of these first: shelves fill best that way
    std::stable_sort(blocks.begin(), blocks.end(), [](const Placed& a, const Placed& b) {
        const auto size = [](const Placed& p) {
            return std::pair(p.block->at_rows.size(), p.block->cols.size());
        };
        return size(a) > size(b);
    });
    std::size_t least = 1;
    while (!place(blocks, least, false, plan)) { ++least; }
    if (wish.count == 0) { return plan; }
    if (wish.count < least) {
        throw ConfigError("--tiles", fmt::format("is {}, too few: {} blocks of {} x {} weights at "
                                                 "most need {} tiles of {} x {}",
                                                 wish.count, blocks.size(), tile_rows, tile_cols,
                                                 least, tile_rows, tile_cols));
    }
    const std::size_t count = std::min(wish.count, blocks.size());
    if (!place(blocks, count, true, plan)) { place(blocks, count, false, plan); }
    return plan;
}

}  // namespace aimc::network
