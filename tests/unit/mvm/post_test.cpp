// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/post.h"

#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <vector>

namespace aimc::mvm {
namespace {

using Words = std::vector<std::int32_t>;

/// A bank of `cols` columns with scale 1.0 on both units.
struct Bank {
    config::TileConfig config = test::tiny_tile();
    PostWords words;
    Words y, partial;
    std::vector<LaneCounters> lanes;

    explicit Bank(std::size_t cols, config::PostUnit unit = config::PostUnit::nmpu)
    {
        config.cols = cols;
        config.post = unit;
        words.nmpu.assign(cols, {128, 128, 0, 0});
        const ldpu::Binary16 one = ldpu::from_int(1);
        words.ldpu.assign(cols, {one, one, {}, one, {}});
    }
    void run(const Words& c_p, const Words& c_n, const std::vector<std::int16_t>& residual = {})
    {
        y.assign(config.cols, -999);
        partial.assign(config.cols, -999);
        PostProcessor(config, words)
            .process(c_p.data(), c_n.data(), residual.empty() ? nullptr : residual.data(), y.data(),
                     partial.data(), lanes);
    }
    std::vector<std::uint64_t> saturated() const
    {
        std::vector<std::uint64_t> counts;
        for (const LaneCounters& l : lanes) { counts.push_back(l.saturated); }
        return counts;
    }
};

constexpr auto ldpu_unit = config::PostUnit::ldpu;
using PerLane = std::vector<std::uint64_t>;

TEST(PostProcessor, GivesEveryColumnItsOwnWords)
{
    Bank bank(4);
    bank.words.nmpu = {{128, 128, 0, 0}, {64, 128, 0, 0}, {128, 128, -6, 0}, {0, 0, 8, 2}};
    bank.run({10, 10, 10, 10}, {3, 3, 3, 3});
    EXPECT_EQ(bank.y, (Words{7, 2, 4, 3}));
    EXPECT_EQ(bank.partial, (Words{28, 8, 16, 12})) << "quarters";
    bank.run({10, 10, 10, 10}, {3, 3, 3, 3}, {1, -2, 100, 0});
    EXPECT_EQ(bank.y, (Words{8, 0, 104, 3}));
}

TEST(PostProcessor, UsesTheExponentAndActivationOfTheLoadedWords)
{
    Bank bank(4);
    bank.words.scale_exponent = 2;
    bank.words.activation = config::Activation::relu;  // the tile's own says identity
    bank.run({3, 0, 1, 0}, {0, 3, 0, 0});
    EXPECT_EQ(bank.y, (Words{12, 0, 4, 0}));
    EXPECT_EQ(bank.partial, (Words{48, -48, 16, 0}));
    EXPECT_EQ(bank.lanes[0].relu_clipped, 1u);
    EXPECT_EQ(bank.lanes[1].relu_clipped, 0u);
}

TEST(PostProcessor, NmpuLaneServesNeighbouringColumns)
{
    Bank bank(4);  // lanes 0 and 1 with columns 0, 1 and 2, 3
    bank.run({200, 200, 200, 1}, {0, 0, 0, 0});
    EXPECT_EQ(bank.saturated(), (PerLane{2, 1}));
    bank.run({200, 1, 1, 1}, {0, 0, 0, 200});
    EXPECT_EQ(bank.saturated(), (PerLane{3, 2})) << "counters gather over vectors";
}

TEST(PostProcessor, NmpuLanesMayNotDivideTheColumns)
{
    struct Row {
        std::size_t cols;
        int lanes;
        PerLane per_lane;  ///< columns of each lane, all saturated
    };
    for (const Row& row : std::vector<Row>{{7, 3, {3, 3, 1}},
                                           {5, 2, {3, 2}},
                                           {5, 4, {2, 2, 1, 0}},
                                           {3, 8, {1, 1, 1, 0, 0, 0, 0, 0}},
                                           {4, 1, {4}}}) {
        Bank bank(row.cols);
        bank.config.nmpu.lanes = row.lanes;
        bank.run(Words(row.cols, 200), Words(row.cols, 0));
        EXPECT_EQ(bank.saturated(), row.per_lane) << row.cols << " columns";
        EXPECT_EQ(n_post_cycles(bank.config), static_cast<int>(row.per_lane[0]) + 3)
            << "the fullest lane sets the time";
    }
}

TEST(PostProcessor, LdpuServesColumnsInTurn)
{
    Bank bank(6, ldpu_unit);  // 4 lanes: columns 0 and 4 share lane 0, 1 and 5 lane 1
    bank.run({200, 1, 1, 200, 200, 1}, Words(6, 0));
    EXPECT_EQ(bank.saturated(), (PerLane{2, 0, 0, 1}));
}

TEST(PostProcessor, LdpuWordsGoThroughTheWholeChain)
{
    Bank bank(4, ldpu_unit);
    bank.words.ldpu[1] = {ldpu::from_double(0.5), ldpu::from_double(0.25), ldpu::from_int(1),
                          ldpu::from_int(2), ldpu::from_int(-3)};
    bank.words.activation = config::Activation::clipped_relu;
    bank.config.nmpu.relu_clip = 20;
    bank.run({10, 10, 0, 300}, {4, 4, 5, 0});
    EXPECT_EQ(bank.y, (Words{6, 7, 0, 20})) << "2 * (0.5 * 10 + 1 - 0.25 * 4) - 3 = 7";
    EXPECT_EQ(bank.partial, (Words{24, 28, -20, 1200})) << "quarters, before the activation";
    EXPECT_EQ(bank.lanes[2].relu_clipped, 1u);
    EXPECT_EQ(bank.lanes[3].relu_clipped, 1u);
    EXPECT_EQ(bank.lanes[3].saturated, 0u) << "the clip comes first";
}

TEST(PostProcessor, BothUnitsShareTheOutputWidth)
{
    for (const auto unit : {config::PostUnit::nmpu, ldpu_unit}) {
        Bank bank(4, unit);
        bank.config.nmpu.out_bits = 6;
        bank.run({31, 32, 0, 0}, {0, 0, 31, 32});
        EXPECT_EQ(bank.y, (Words{31, 31, -31, -31}));
        std::uint64_t saturated = 0;
        for (const LaneCounters& l : bank.lanes) { saturated += l.saturated; }
        EXPECT_EQ(saturated, 2u);
    }
}

TEST(PostProcessor, CountsPartialSumsThatDoNotFit)
{
    Bank bank(4);
    bank.config.nmpu.partial_bits = 8;
    bank.run({31, 32, 0, 0}, {0, 0, 32, 33});
    EXPECT_EQ(bank.partial, (Words{124, 127, -128, -128}));
    EXPECT_EQ(bank.saturated(), (PerLane{0, 0})) << "y fits, and y is what leaves";
    EXPECT_EQ(bank.lanes[0].partial_saturated, 0u);
    bank.words.partial_out = true;
    bank.run({31, 32, 0, 200}, {0, 0, 32, 0});
    EXPECT_EQ(bank.lanes[0].partial_saturated, 1u);
    EXPECT_EQ(bank.lanes[1].partial_saturated, 1u);
    EXPECT_EQ(bank.saturated(), (PerLane{0, 0})) << "y does not leave";
}

TEST(PostProcessor, LdpuAddsResidualsAndLeavesPartialSums)
{
    Bank bank(4, ldpu_unit);
    bank.config.nmpu.residual_fraction = 2;
    bank.words.activation = config::Activation::relu;
    bank.run({10, 10, 0, 100}, {4, 4, 5, 0}, {-26, 3, 8, 400});
    EXPECT_EQ(bank.y, (Words{0, 7, 0, 127})) << "6 - 6.5, 6.75, -5 + 2, 100 + 100";
    EXPECT_EQ(bank.partial, (Words{-2, 27, -12, 800}));
    bank.config.nmpu.partial_bits = 10;
    bank.words.partial_out = true;
    bank.lanes.clear();
    bank.run({10, 0, 127, 128}, {0, 128, 0, 0});
    EXPECT_EQ(bank.partial, (Words{40, -512, 508, 511})) << "two's complement: -512 fits";
    EXPECT_EQ(bank.lanes[1].partial_saturated, 0u);
    EXPECT_EQ(bank.lanes[3].partial_saturated, 1u);
    EXPECT_EQ(bank.lanes[0].relu_clipped + bank.lanes[1].relu_clipped, 0u) << "y does not leave";
}

TEST(PostProcessor, ResidualsTakeTheLdpuOnePassMore)
{
    config::TileConfig c;
    EXPECT_EQ(n_post_cycles(c, true), 7) << "an adder of the NMPU's own";
    c.post = ldpu_unit;
    EXPECT_EQ(n_post_cycles(c, true), 973 + 64 * 5);
    c.ldpu.residual_passes = 0;
    EXPECT_EQ(n_post_cycles(c, true), 973);
}

TEST(PostProcessor, DefaultUnitsTake7And973Cycles)
{
    config::TileConfig c;
    EXPECT_EQ(n_post_cycles(c), 7);
    c.post = ldpu_unit;
    EXPECT_EQ(n_post_cycles(c), 973);
}

}  // namespace
}  // namespace aimc::mvm
