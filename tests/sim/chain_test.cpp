// SPDX-License-Identifier: Apache-2.0
// Row tiles in a chain: real tiles in one simulation, each handing its partial sums to the next,
// against the closed form and against the product in integers.
#include "support/small_work.h"
#include "support/tile_rig.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace aimc::test {
namespace {

constexpr std::size_t n_vectors = 12;

/// An ideal tile whose partial sums, 4 W x, are residual words of the next one.
config::TileConfig row_tile(config::PostUnit post)
{
    config::TileConfig c = tiny_tile();
    c.post = post;
    c.nmpu.partial_bits = 16;
    c.nmpu.partial_fraction = c.nmpu.residual_fraction = 2;
    return c;
}

/// The same with other cycles: reads, post unit, slots.
config::TileConfig random_row_tile(config::PostUnit post, Dice& dice)
{
    config::TileConfig c = row_tile(post);
    c.read.mode = dice.flip() ? config::ReadMode::one_phase : config::ReadMode::four_phase;
    c.read.skip_empty_phases = c.read.mode == config::ReadMode::four_phase && dice.flip();
    c.read.n_settle = dice.roll(0, 3);
    c.nmpu.lanes = dice.roll(1, 4);
    c.nmpu.n_fill = dice.flip() ? 3 : dice.roll(0, 300);
    c.ldpu.passes = dice.roll(1, 3);
    c.ldpu.lanes = dice.roll(1, 4);
    c.ldpu.n_initiation_interval = dice.roll(1, 60);
    c.ldpu.n_fill = dice.roll(0, 20);
    c.ldpu.residual_passes = dice.roll(0, 2);
    c.controller.double_buffered = dice.flip();
    c.controller.input_slots = dice.roll(1, 3);
    c.controller.output_slots = dice.roll(1, 3);
    return c;
}

/// Scale 1, offset 0: the post unit of either kind leaves the counts as they are.
mvm::PostWords unit_words(const config::TileConfig& c)
{
    mvm::PostWords words;
    const auto one = ldpu::from_int(1);
    const auto zero = ldpu::from_int(0);
    words.nmpu.assign(c.cols, {128, 128, 0, 0});
    words.ldpu.assign(c.cols, {one, one, zero, one, zero});
    return words;
}

/// K row tiles in a row, and one job for all of them.
class Chain {
public:
    Chain(const std::string& name, const std::vector<config::TileConfig>& configs, Dice& dice)
    {
        for (std::size_t j = 0; j < configs.size(); ++j) {
            rigs_.push_back(
                std::make_unique<StreamRig>((name + "_" + std::to_string(j)).c_str(), configs[j]));
            targets_.push_back(random_targets(configs[j], dice));
            // small enough for binary16 and int16: 4 tiles x 4 rows x 3 x 40 = 1920
            for (auto& code : targets_.back().codes.data()) {
                code = static_cast<std::int16_t>(code % 4);
            }
            mvm::Job job;
            auto inputs = random_inputs(n_vectors, configs[j].rows, dice);
            for (auto& x : inputs.data()) { x = static_cast<std::int8_t>(x % 41); }
            job.inputs = std::move(inputs);
            jobs_.push_back(job);
            rigs_[j]->body = [this, j] { run(j); };
        }
        for (std::size_t j = 0; j + 1 < rigs_.size(); ++j) {
            testbench::join(rigs_[j]->tile, rigs_[j + 1]->residual_source);
        }
    }
    void set_patterns(const config::Arrival& arrival, const config::SinkPattern& sink)
    {
        for (auto& job : jobs_) { job.arrival = arrival; }
        jobs_.back().sink = sink;
    }
    void add_to(std::vector<const TileRig*>& rigs) const
    {
        for (const auto& rig : rigs_) { rigs.push_back(rig.get()); }
    }

    /// @returns how many vectors a post unit took when their partial sum came
    std::uint64_t expect_edges() const
    {
        std::uint64_t n_waits = 0;
        std::vector<mvm::ChainTile> tiles;
        for (std::size_t j = 0; j < rigs_.size(); ++j) {
            const auto& c = rigs_[j]->config();
            tiles.push_back({mvm::timing_rules(c, j > 0), mvm::n_first_column_cycles(c, j > 0)});
        }
        for (const auto& rig : rigs_) {
            EXPECT_EQ(rig->records.size(), n_vectors) << rig->name();
            if (rig->records.size() != n_vectors) { return 0; }
        }
        mvm::ChainRecurrence closed(tiles, jobs_[0].arrival, jobs_.back().sink);
        for (std::size_t k = 0; k < n_vectors; ++k) {
            const auto times = closed.next(n_reads(k));
            for (std::size_t j = 0; j < rigs_.size(); ++j) {
                const auto& got = rigs_[j]->records[k].times;
                EXPECT_EQ(got.in, times[j].in) << rigs_[j]->name() << ", vector " << k;
                EXPECT_EQ(got.post, times[j].post) << rigs_[j]->name() << ", vector " << k;
                EXPECT_TRUE(got == times[j]) << rigs_[j]->name() << ", vector " << k;
                if (got.post > got.counts && got.post == closed.residual_ready(j, times)) {
                    ++n_waits;
                }
            }
        }
        return n_waits;
    }
    /// The sum over all tiles, and on the way the partial sums with two fraction bits.
    void expect_values() const
    {
        for (std::size_t k = 0; k < n_vectors; ++k) {
            std::vector<std::int32_t> sum(rigs_[0]->config().cols, 0);
            for (std::size_t j = 0; j < rigs_.size(); ++j) {
                const auto& x = jobs_[j].inputs;
                for (std::size_t r = 0; r < x.cols(); ++r) {
                    for (std::size_t c = 0; c < sum.size(); ++c) {
                        sum[c] += x.row(k)[r] * targets_[j].codes.row(r)[c];
                    }
                }
                std::vector<std::int32_t> expected(sum);
                const bool is_last = j + 1 == rigs_.size();
                for (auto& word : expected) {
                    word = is_last ? std::clamp(word, -127, 127) : 4 * word;
                }
                ASSERT_EQ(rigs_[j]->taken.at(k), expected) << rigs_[j]->name() << ", vector " << k;
            }
        }
    }

private:
    void run(std::size_t j)
    {
        mvm::PostWords words = unit_words(rigs_[j]->config());
        words.residual_in = j > 0;
        words.partial_out = j + 1 < rigs_.size();
        jobs_[j].words.partial_out = words.partial_out;
        rigs_[j]->program(targets_[j], words, j > 0);
        rigs_[j]->start(jobs_[j]);  // x alone
    }
    std::vector<int> n_reads(std::size_t k) const
    {
        std::vector<int> all;
        for (std::size_t j = 0; j < rigs_.size(); ++j) {
            const auto& c = rigs_[j]->config();
            const auto phases = crossbar::phases_of(c.read, jobs_[j].inputs.row(k), c.rows);
            all.push_back(mvm::n_read_cycles(c, static_cast<int>(phases.size())));
        }
        return all;
    }

    std::vector<std::unique_ptr<StreamRig>> rigs_;
    std::vector<device::CellTargets> targets_;
    std::vector<mvm::Job> jobs_;  ///< the slice of x for each tile
};

/// Chains of 2, 3 and 4 tiles side by side, with arrivals and stalls of their own.
void play_chains(config::PostUnit post, std::uint64_t seed)
{
    constexpr int n_chains = 150;
    Dice dice(seed);
    std::vector<std::unique_ptr<Chain>> chains;
    std::vector<const TileRig*> rigs;
    for (int i = 0; i < n_chains; ++i) {
        const bool alike = dice.flip();
        std::vector<config::TileConfig> configs(2 + static_cast<std::size_t>(i) % 3,
                                                random_row_tile(post, dice));
        for (auto& c : configs) {
            if (!alike) { c = random_row_tile(post, dice); }
        }
        chains.push_back(std::make_unique<Chain>("chain_" + std::to_string(i), configs, dice));
        config::Arrival arrival;
        arrival.n_gaps = {0, static_cast<std::uint32_t>(dice.roll(0, 1) * dice.roll(0, 900))};
        config::SinkPattern sink;
        sink.ready.assign(static_cast<std::size_t>(dice.flip() ? 1 : dice.roll(1, 900)), false);
        sink.ready.back() = true;
        chains.back()->set_patterns(arrival, sink);
        chains.back()->add_to(rigs);
    }
    run_rigs(rigs);
    std::uint64_t n_waits = 0;
    for (const auto& chain : chains) {
        n_waits += chain->expect_edges();
        if (testing::Test::HasFailure()) { return; }
        chain->expect_values();
    }
    EXPECT_GT(n_waits, n_vectors * n_chains / 2) << "the chains hardly work as chains";
    std::printf("%d chains of %zu tiles, %zu MVMs each, %llu of them waited for a partial sum\n",
                n_chains, rigs.size(), n_vectors, static_cast<unsigned long long>(n_waits));
}

TEST(RowTileChain, OfNmpuTilesEqualsTheClosedFormAndTheIntegers)
{
    play_chains(config::PostUnit::nmpu, 1);
}

TEST(RowTileChain, OfLdpuTilesEqualsTheClosedFormAndTheIntegers)
{
    play_chains(config::PostUnit::ldpu, 2);
}

TEST(RowTileChain, OfThreeIdealTilesTakesOneColumnMorePerTile)
{
    Dice dice(3);
    Chain chain("chain", std::vector<config::TileConfig>(3, row_tile(config::PostUnit::nmpu)),
                dice);
    std::vector<const TileRig*> rigs;
    chain.add_to(rigs);
    run_rigs(rigs);
    chain.expect_edges();
    chain.expect_values();
    const auto& last = dynamic_cast<const StreamRig&>(*rigs.back()).records;
    EXPECT_EQ(last[0].times.post, 133U + 2U * 4U);
    EXPECT_EQ(last[0].times.out, 133U + 2U * 4U + 5U) << "4 columns over 2 lanes and a fill of 3";
    EXPECT_EQ(last[1].times.out - last[0].times.out, 133U) << "the interval of a single tile";
}

TEST(RowTileChain, RefusesPartialSumsWiderThanAResidualWord)
{
    config::TileConfig wide = row_tile(config::PostUnit::nmpu);
    wide.nmpu.partial_bits = 17;
    StreamRig from("from", wide);
    StreamRig to("to", wide);
    EXPECT_THROW(testbench::join(from.tile, to.residual_source), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::test
