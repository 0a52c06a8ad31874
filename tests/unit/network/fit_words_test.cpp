// SPDX-License-Identifier: Apache-2.0
#include "network/fit_words.h"

#include "support/small_work.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace aimc::network {
namespace {

/// A chain of tiles whose counts are exact products, each with this much on top; one column.
struct Chain {
    explicit Chain(std::size_t links, double constant, std::int64_t on_top = 0)
        : config(test::tiny_tile()), targets{{1.0, constant}}
    {
        config.post = config::PostUnit::nmpu;
        config.nmpu.offset_fraction = 2;
        plan.links = links;
        plan.cols = 1;
        plan.rows = links;
        test::Dice dice(8);
        for (std::size_t b = 0; b < links; ++b) {
            plan.blocks.push_back({{b, b + 1}, {0, 1}, b, {0, 1}, {0, 1}});
            calibration::ColumnSamples column;
            for (int k = 0; k < 200; ++k) {
                column.c_p.push_back(dice.roll(0, 1000));
                column.c_n.push_back(dice.roll(0, 1000));
                column.ideal.push_back(column.c_p.back() - column.c_n.back() + on_top);
            }
            samples.push_back({column});
        }
    }
    LayerWords fit() const { return fit_words(config, step, plan, targets, samples); }
    /// The offset words of the column, link by link.  [2^-offset_fraction LSB]
    static std::vector<int> offsets(const LayerWords& words)
    {
        std::vector<int> out;
        for (const auto& block : words.blocks) {
            out.push_back(block.nmpu[0].o_p - block.nmpu[0].o_n);
        }
        return out;
    }

    config::TileConfig config;
    Step step;
    LayerPlan plan;
    std::vector<ColumnTarget> targets;
    BlockSamples samples;
};

TEST(FitWords, SpreadsOneOffsetOverTheChain)
{
    EXPECT_EQ(Chain::offsets(Chain(1, 10.25).fit()), (std::vector<int>{41}));
    EXPECT_EQ(Chain::offsets(Chain(3, 10.25).fit()), (std::vector<int>{14, 14, 13}));
    EXPECT_EQ(Chain::offsets(Chain(3, -10.25).fit()), (std::vector<int>{-14, -14, -13}));
    EXPECT_EQ(Chain::offsets(Chain(4, 2.5).fit()), (std::vector<int>{2, 2, 2, 4})) << "2.5 to even";
}

TEST(FitWords, RoundsTheSumOnceNotEveryShare)
{
    test::Dice dice(1);
    for (std::size_t links = 1; links <= 5; ++links) {
        for (int repeat = 0; repeat < 50; ++repeat) {
            const double constant = dice.roll(-1000, 1000) / 64.0;
            const auto on_top = static_cast<std::int64_t>(dice.roll(-3, 3));
            const LayerWords words = Chain(links, constant, on_top).fit();
            const double total =
                constant + static_cast<double>(on_top) * static_cast<double>(links);
            const auto offsets = Chain::offsets(words);
            const int sum = std::accumulate(offsets.begin(), offsets.end(), 0);
            EXPECT_LE(std::fabs(sum - total * 4.0), 0.5 + 1e-6) << links << " links, " << total;
            EXPECT_TRUE(words.misfits.empty());
            for (std::size_t b = 0; b + 1 < links; ++b) { EXPECT_EQ(offsets[b], offsets[0]); }
        }
    }
}

TEST(FitWords, OffsetBeyondAllWordsIsAMisfit)
{
    // words of 8 bits: -128 .. 127 quarters
    for (const auto& [constant, given] : {std::pair{200.0, 95.25}, {-200.0, -96.0}}) {
        const LayerWords words = Chain(3, constant).fit();
        const int end = constant > 0.0 ? 127 : -128;
        EXPECT_EQ(Chain::offsets(words), (std::vector<int>{end, end, end}));
        ASSERT_EQ(words.misfits.size(), 1U);
        EXPECT_EQ(words.misfits[0].word, "o");
        EXPECT_EQ(words.misfits[0].column, 0U);
        EXPECT_DOUBLE_EQ(words.misfits[0].wanted, constant);
        EXPECT_DOUBLE_EQ(words.misfits[0].given, given);
    }
    EXPECT_TRUE(Chain(3, 95.25).fit().misfits.empty()) << "the most that three words hold";
    Chain two_words(3, 180.0);
    two_words.config.nmpu.offsets = 2;
    EXPECT_TRUE(two_words.fit().misfits.empty());
    EXPECT_EQ(Chain::offsets(two_words.fit()), (std::vector<int>{240, 240, 240}));
}

TEST(FitWords, MisfitsNameTheColumnOfTheLayer)
{
    Chain chain(1, 0.0);
    chain.plan.blocks[0].cols = {40, 41};
    chain.targets.assign(41, {1.0, 1000.0});
    const LayerWords words = chain.fit();
    ASSERT_EQ(words.misfits.size(), 1U);
    EXPECT_EQ(words.misfits[0].column, 40U);
}

TEST(FitWords, LdpuConstantStandsInTheLastLink)
{
    Chain chain(3, 10.25);
    chain.config.post = config::PostUnit::ldpu;
    const LayerWords words = chain.fit();
    std::vector<double> added;
    for (const auto& block : words.blocks) {
        const auto& w = block.ldpu[0];
        const auto gamma = ldpu::to_double(w.gamma);
        added.push_back(gamma * ldpu::to_double(w.offset) + ldpu::to_double(w.beta));
        EXPECT_DOUBLE_EQ(ldpu::to_double(w.scale_p), 1.0);
    }
    EXPECT_EQ(added, (std::vector<double>{0.0, 0.0, 10.25}));
}

TEST(FitWords, PortsAndActivationFollowTheLink)
{
    Chain chain(3, 0.0);
    chain.step.activation = config::Activation::relu;
    const auto check = [&](bool residual, bool scores) {
        chain.step.residual.reset();
        if (residual) { chain.step.residual = 0; }
        chain.step.partial_out = scores;
        const auto blocks = chain.fit().blocks;
        for (std::size_t b = 0; b < 3; ++b) {
            EXPECT_EQ(blocks[b].residual_in, b > 0 || residual);
            EXPECT_EQ(blocks[b].partial_out, b < 2 || scores);
            EXPECT_EQ(blocks[b].activation == config::Activation::relu, b == 2);
        }
    };
    for (const bool residual : {false, true}) {
        for (const bool scores : {false, true}) { check(residual, scores); }
    }
}

TEST(FitWords, OneExponentForAllBlocks)
{
    Chain chain(2, 0.0);
    chain.config.nmpu.scale_exponent.reset();
    chain.targets[0].gain = 3.0;  // a scale of 3 needs two bits more than 1.99
    for (auto& block : chain.samples) { block[0].factor = 3.0; }
    const LayerWords words = chain.fit();
    EXPECT_EQ(words.blocks[0].scale_exponent, 1);
    EXPECT_EQ(words.blocks[1].scale_exponent, 1);
    EXPECT_EQ(words.columns_needing_exponent, 2U);
    EXPECT_EQ(words.blocks[0].nmpu[0].s_p, 192);
}

}  // namespace
}  // namespace aimc::network
