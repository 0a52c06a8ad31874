// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/plan.h"

#include "aimc/base/error.h"

#include "network/shelf.h"
#include "support/small_networks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace aimc::network {
namespace {

using test::NetworkMaker;

/// Linear layers of these sizes in a row.
config::Network chain_of(const std::vector<std::size_t>& sizes)
{
    NetworkMaker make({sizes.front(), 1, 1});
    for (std::size_t n = 1; n < sizes.size(); ++n) { make.linear(n - 1, sizes[n]); }
    return make.network;
}

Plan plan_for(const config::Network& net, std::size_t rows, std::size_t cols, const TilesWish& wish)
{
    return make_plan(net, make_program(net), rows, cols, wish);
}

constexpr TilesWish least{TilesWish::Kind::least, 0};
TilesWish exactly(std::size_t n) { return {TilesWish::Kind::least, n}; }

/// Blocks cover every weight once, and no cell holds two.
void expect_sound(const Plan& plan)
{
    std::set<std::tuple<std::size_t, std::size_t, std::size_t>> cells;
    for (const LayerPlan& layer : plan.layers) {
        Matrix<int> seen(layer.rows, layer.cols);
        ASSERT_EQ(layer.blocks.size(), layer.links * layer.chains);
        for (std::size_t b = 0; b < layer.blocks.size(); ++b) {
            const Block& block = layer.blocks[b];
            EXPECT_LT(block.tile, plan.n_tiles);
            EXPECT_LE(block.at_rows.to, plan.tile_rows);
            EXPECT_LE(block.at_cols.to, plan.tile_cols);
            EXPECT_EQ(block.at_rows.size(), block.rows.size());
            EXPECT_EQ(block.at_cols.size(), block.cols.size());
            if (b % layer.links > 0) {
                EXPECT_EQ(block.rows.from, layer.blocks[b - 1].rows.to);
                EXPECT_EQ(block.cols.from, layer.blocks[b - 1].cols.from);
            }
            for (std::size_t r = 0; r < block.rows.size(); ++r) {
                for (std::size_t c = 0; c < block.cols.size(); ++c) {
                    ++seen.row(block.rows.from + r)[block.cols.from + c];
                    EXPECT_TRUE(
                        cells.emplace(block.tile, block.at_rows.from + r, block.at_cols.from + c)
                            .second);
                }
            }
        }
        for (const int n : seen.data()) { EXPECT_EQ(n, 1); }
    }
}

TEST(Plan, CutsIntoEqualPiecesAsFewAsFit)
{
    const auto net = chain_of({1152, 300, 10});
    const Plan plan = plan_for(net, 256, 256, {});
    const LayerPlan& layer = plan.layers[0];
    EXPECT_EQ(layer.links, 5U);
    EXPECT_EQ(layer.chains, 2U);
    EXPECT_EQ(plan.n_tiles, 12U);
    for (const Block& block : layer.blocks) {
        EXPECT_GE(block.rows.size(), 230U);  // 1152 / 5 = 230.4
        EXPECT_LE(block.rows.size(), 231U);
        EXPECT_EQ(block.cols.size(), 150U);
    }
    EXPECT_EQ(plan.layers[1].links, 2U);
    EXPECT_EQ(plan.layers[1].chains, 1U);
    EXPECT_EQ(plan.mvms(), 12U);
    EXPECT_EQ(plan.n_blocks(), 12U);
    EXPECT_DOUBLE_EQ(plan.used(), (1152.0 * 300 + 300 * 10) / (12.0 * 256 * 256));
    expect_sound(plan);
}

TEST(Plan, WhatFitsExactlyIsNotCut)
{
    for (const auto& [size, pieces] : {std::pair{255, 1}, {256, 1}, {257, 2}, {512, 2}, {513, 3}}) {
        const auto net = chain_of({static_cast<std::size_t>(size), 2});
        EXPECT_EQ(plan_for(net, 256, 256, {}).layers[0].links, static_cast<std::size_t>(pieces));
        const auto wide = chain_of({3, static_cast<std::size_t>(size), 2});
        EXPECT_EQ(plan_for(wide, 256, 256, {}).layers[0].chains, static_cast<std::size_t>(pieces));
    }
}

TEST(Plan, CountsOneVectorPerOutputPixel)
{
    NetworkMaker make({3, 8, 6});
    const auto conv = make.conv(0, 20, {3, 3, 2, 1, 1, 1});
    make.linear(make.flatten(conv), 4);
    const Plan plan = plan_for(make.network, 10, 16, {});
    EXPECT_EQ(plan.layers[0].positions, 4U * 6U);
    EXPECT_EQ(plan.layers[0].links, 3U);  // 27 rows
    EXPECT_EQ(plan.layers[0].chains, 2U);
    EXPECT_EQ(plan.layers[0].mvms(), 24U * 6U);
    EXPECT_EQ(plan.layers[1].positions, 1U);
    EXPECT_EQ(plan.first_read(0), 0U);
    EXPECT_EQ(plan.first_read(1), 48U) << "every vector has one read number per chain of tiles";
    EXPECT_EQ(plan.reads_per_image(), 49U);
}

TEST(Plan, RowsRepeatAsOftenAsTilesHaveRoom)
{
    const auto net = chain_of({27, 100, 300, 10});
    for (const std::size_t over : {0U, 1U, 2U, 3U}) {
        TilesWish wish;
        wish.replicate_over = over;
        const Plan plan = plan_for(net, 256, 256, wish);
        for (const LayerPlan& layer : plan.layers) {
            const std::size_t room = over * 256 / layer.rows;
            EXPECT_EQ(layer.copies, std::max<std::size_t>(room, 1));
            std::vector<std::int8_t> x(layer.rows);
            for (std::size_t r = 0; r < x.size(); ++r) { x[r] = static_cast<std::int8_t>(r % 127); }
            std::vector<std::int8_t> driven;
            for (std::size_t link = 0; link < layer.links; ++link) {
                const Block& block = layer.blocks[link];
                EXPECT_LE(block.rows.size(), 256U);
                EXPECT_EQ(block.rows.size(), block.at_rows.size());
                std::vector<std::int8_t> lines(block.rows.size());
                drive_block(layer, block, x.data(), lines.data());
                driven.insert(driven.end(), lines.begin(), lines.end());
            }
            ASSERT_EQ(driven.size(), layer.rows * layer.copies);
            for (std::size_t r = 0; r < driven.size(); ++r) {
                ASSERT_EQ(driven[r], x[r % layer.rows]);
            }
        }
    }
}

TEST(Plan, LeastPacksAndACountShares)
{
    const auto net = chain_of({100, 100, 100, 100, 10});  // three of 100 x 100 and one of 100 x 10
    EXPECT_EQ(plan_for(net, 256, 256, {}).n_tiles, 4U);
    EXPECT_EQ(plan_for(net, 256, 256, least).n_tiles, 1U);
    for (const std::size_t n : {1U, 2U, 3U, 4U}) {
        const Plan plan = plan_for(net, 256, 256, exactly(n));
        EXPECT_EQ(plan.n_tiles, n);
        expect_sound(plan);
        std::set<std::size_t> used;
        for (const auto& layer : plan.layers) { used.insert(layer.blocks[0].tile); }
        EXPECT_EQ(used.size(), n) << "no tile is left empty";
    }
    EXPECT_EQ(plan_for(net, 256, 256, exactly(9)).n_tiles, 4U) << "no more tiles than blocks";
}

TEST(Plan, SharesTheWorkEvenlyWhenTilesAreGiven)
{
    NetworkMaker make({4, 8, 8});
    const config::Window k3{3, 3, 1, 1, 1, 1};
    const auto a = make.conv(0, 30, k3);  // 64 vectors each
    const auto b = make.conv(a, 30, {1, 1, 1, 1, 0, 0});
    const auto c = make.conv(b, 30, {1, 1, 2, 2, 0, 0});  // 16
    const auto d = make.conv(c, 30, {1, 1, 1, 1, 0, 0});  // 16
    make.linear(make.global_average_pool(d), 2);
    const Plan plan = plan_for(make.network, 64, 64, exactly(2));
    std::vector<std::uint64_t> load(2, 0);
    for (const auto& layer : plan.layers) {
        for (const auto& block : layer.blocks) { load[block.tile] += layer.positions; }
    }
    EXPECT_EQ(load[0] + load[1], plan.mvms());
    EXPECT_LE(std::max(load[0], load[1]) - std::min(load[0], load[1]), 17U);
}

TEST(Plan, TooFewTilesNamesTheLeastNumber)
{
    const auto net = chain_of({600, 200, 10});
    const std::size_t needed = plan_for(net, 256, 256, least).n_tiles;
    EXPECT_EQ(needed, 3U);
    for (std::size_t n = 1; n < needed; ++n) {
        try {
            plan_for(net, 256, 256, exactly(n));
            ADD_FAILURE() << n << " tiles were enough";
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.code(), ExitCode::bad_config);
            const std::string what = error.what();
            EXPECT_NE(what.find("--tiles"), std::string::npos) << what;
            EXPECT_NE(what.find("is " + std::to_string(n)), std::string::npos) << what;
            EXPECT_NE(what.find("3 tiles of 256 x 256"), std::string::npos) << what;
        }
    }
    EXPECT_EQ(plan_for(net, 256, 256, exactly(needed)).n_tiles, needed);
}

TEST(Plan, NoCellHoldsTwoWeights)
{
    test::Dice dice(11);
    for (int repeat = 0; repeat < 200; ++repeat) {
        std::vector<std::size_t> sizes;
        for (int n = dice.roll(2, 9); n-- > 0;) {
            sizes.push_back(static_cast<std::size_t>(dice.roll(1, dice.flip() ? 15 : 60)));
        }
        const auto net = chain_of(sizes);
        const auto rows = static_cast<std::size_t>(dice.roll(4, 40));
        const auto cols = static_cast<std::size_t>(dice.roll(4, 40));
        const Plan all = plan_for(net, rows, cols, {});
        const Plan few = plan_for(net, rows, cols, least);
        expect_sound(all);
        expect_sound(few);
        EXPECT_LE(few.n_tiles, all.n_tiles);
        const auto between = few.n_tiles + (all.n_tiles - few.n_tiles) / 2;
        const Plan some = plan_for(net, rows, cols, exactly(between));
        expect_sound(some);
        EXPECT_EQ(some.n_tiles, between);
    }
}

TEST(Shelf, PutsSideBySideThenAbove)
{
    Shelf tile(10, 10);
    const auto at = [&](std::size_t rows, std::size_t cols) {
        const auto corner = tile.put(rows, cols);
        return corner ? std::pair(corner->row, corner->col)
                      : std::pair<std::size_t, std::size_t>(99, 99);
    };
    const auto no_room = std::pair<std::size_t, std::size_t>(99, 99);
    EXPECT_EQ(at(6, 7), (std::pair<std::size_t, std::size_t>(0, 0)));
    EXPECT_EQ(at(5, 3), (std::pair<std::size_t, std::size_t>(0, 7)));
    EXPECT_EQ(at(4, 1), (std::pair<std::size_t, std::size_t>(6, 0))) << "the first shelf is full";
    EXPECT_EQ(at(4, 10), no_room);
    EXPECT_EQ(at(1, 9), (std::pair<std::size_t, std::size_t>(6, 1)));
    EXPECT_EQ(at(1, 1), no_room);
    EXPECT_FALSE(Shelf(10, 10).put(11, 1).has_value());
    EXPECT_FALSE(Shelf(10, 10).put(1, 11).has_value());
    EXPECT_TRUE(Shelf(10, 10).put(10, 10).has_value());
}

}  // namespace
}  // namespace aimc::network
