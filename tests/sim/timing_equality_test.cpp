// SPDX-License-Identifier: Apache-2.0
// The bar of the cycle engine: it equals the closed form for every arrival and stall pattern, and
// stalls change cycles but never values.
#include "support/kind_tiles.h"
#include "support/tile_rig.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

namespace aimc::test {
namespace {

/// @param of_kind  makes the kind of tile that is meant of an analog one
config::TileConfig random_tile(config::ReadMode mode, config::PostUnit post, Dice& dice,
                               const std::function<void(config::TileConfig&)>& of_kind)
{
    config::TileConfig c = tiny_tile();
    c.rows = static_cast<std::size_t>(dice.roll(2, 4));
    c.cols = static_cast<std::size_t>(dice.roll(2, 4));
    c.read.mode = mode;
    c.read.n_window = dice.flip() ? 128 : dice.roll(127, 140);
    c.read.n_settle = dice.roll(0, 3);
    if (dice.flip()) { c.read.n_overhead = dice.roll(0, 5); }
    c.read.skip_empty_phases = mode == config::ReadMode::four_phase && dice.flip();
    c.device.model = dice.flip() ? config::DeviceModel::hermes : config::DeviceModel::ideal;
    c.post = post;
    of_kind(c);
    c.nmpu.lanes = dice.roll(1, 4);
    c.nmpu.n_fill = dice.flip() ? 3 : dice.roll(0, std::min(1000, 8 * longest_read(c)));
    c.ldpu.passes = dice.roll(1, 3);
    c.ldpu.lanes = dice.roll(1, 4);
    c.ldpu.n_initiation_interval = dice.roll(1, 5);
    c.ldpu.n_fill = dice.flip() ? dice.roll(0, 20) : dice.roll(0, 3 * longest_read(c));
    c.ldpu.residual_passes = dice.roll(0, 2);
    c.nmpu.residual_fraction = dice.roll(0, 4);
    c.controller.double_buffered = dice.flip();
    c.controller.input_slots = dice.roll(1, 3);
    c.controller.output_slots = dice.roll(1, 3);
    return c;
}

config::Arrival random_arrival(int n_read, Dice& dice)
{
    config::Arrival arrival;
    arrival.n_gaps.clear();
    const int most = dice.roll(0, 1) * dice.roll(1, 3) * n_read;
    for (int i = dice.roll(1, 5); i > 0; --i) {
        const int gap = dice.flip() ? dice.roll(0, 2) : dice.roll(0, most);
        arrival.n_gaps.push_back(static_cast<std::uint32_t>(gap));
    }
    return arrival;
}

/// Runs of ready and not ready, from single cycles to several reads.
config::SinkPattern random_sink(int n_read, Dice& dice)
{
    config::SinkPattern sink;
    if (dice.roll(0, 3) == 0) { return sink; }
    const int most = dice.flip() ? 3 : 2 * n_read;
    for (int i = dice.roll(1, 4); i > 0; --i) {
        sink.ready.resize(sink.ready.size() + static_cast<std::size_t>(dice.roll(1, most)), false);
        const auto n_ready = static_cast<std::size_t>(dice.roll(1, dice.flip() ? 1 : most));
        sink.ready.resize(sink.ready.size() + n_ready, true);
    }
    if (dice.flip()) { sink.ready.erase(sink.ready.begin()); }  // else ready at its cycle 0
    return sink;
}

std::string text(const mvm::MvmTimes& t)
{
    return "in " + std::to_string(t.in) + " S " + std::to_string(t.start) + " C " +
           std::to_string(t.counts) + " H " + std::to_string(t.post) + " Y " +
           std::to_string(t.done) + " O " + std::to_string(t.out);
}

/// One tile and the patterns played on it.
class Player {
public:
    Player(int number, const config::TileConfig& config, int n_to_play, Dice& dice)
        : rig_(("tile_" + std::to_string(number)).c_str(), config),
          n_to_play_(static_cast<std::uint64_t>(n_to_play)),
          dice_(static_cast<std::uint64_t>(dice.roll(0, 1 << 30))),
          targets_(random_targets(config, dice_)),
          expected_(config, targets_)
    {
        rig_.body = [this] { play_all(); };
    }
    const TileRig& rig() const { return rig_; }
    std::uint64_t n_patterns = 0, n_mvms = 0, n_cycles = 0;
    std::uint64_t n_by_port = 0;  ///< patterns whose residual words come by the residual port
    std::uint64_t n_held_up = 0;  ///< vectors that the post unit takes when their words come
    bool has_slow_post() const
    {
        return mvm::n_post_cycles(rig_.config()) > longest_read(rig_.config());
    }

private:
    void play_all()
    {
        while (n_patterns < n_to_play_ && !testing::Test::HasFailure()) {
            mvm::Job job;
            job.words = random_words(rig_.config(), dice_);
            const auto n = static_cast<std::size_t>(dice_.roll(1, 9));
            job.inputs = inputs_of(rig_.config(), n, dice_);
            random_ports(rig_.config(), job, dice_);
            random_residual_edges(longest_read(rig_.config()), job, dice_);
            job.arrival = random_arrival(longest_read(rig_.config()), dice_);
            job.sink = random_sink(longest_read(rig_.config()), dice_);
            job.first_read = n_mvms;
            rig_.program(targets_, job.words, job.by_residual_port());
            rig_.controller().clear_counters();
            compare(job, rig_.play(job));
            ++n_patterns;
            if (job.by_residual_port()) { ++n_by_port; }
            n_mvms += n;
        }
    }

    void compare(const mvm::Job& job, const std::vector<mvm::MvmRecord>& got)
    {
        const auto expected = expected_.of(job);
        ASSERT_EQ(got.size(), expected.size()) << "a vector was lost or came twice";
        ASSERT_EQ(rig_.taken.size(), expected.size());
        mvm::StateAccount states(mvm::n_pipeline_cycles(rig_.config()));
        for (std::size_t k = 0; k < expected.size(); ++k) {
            const std::string where = std::string(rig_.name()) + ", pattern " +
                                      std::to_string(n_patterns) + ", vector " + std::to_string(k);
            ASSERT_EQ(got[k].mvm, k) << where << ": out of order";
            ASSERT_EQ(text(got[k].times), text(expected[k].times)) << where;
            ASSERT_EQ(got[k].values, expected[k].values) << where << ": stalls changed a value";
            ASSERT_EQ(rig_.taken[k], leaving(job, expected[k].values))
                << where << ": other bytes at the sink";
            states.add(expected[k].times, job.residual_ready_of(k));
            if (job.by_residual_port() && expected[k].times.post == job.residual_ready[k]) {
                ++n_held_up;
            }
        }
        const mvm::StateCycles closed = states.finish();
        ASSERT_EQ(closed.sum(), expected.back().times.out - expected.front().times.in);
        const std::array<std::uint64_t, 5> five{closed.reading, closed.input_starved,
                                                closed.post_busy, closed.output_blocked,
                                                closed.drain};
        ASSERT_EQ(rig_.controller().counters().state_cycles, five) << rig_.name();
        n_cycles += closed.sum();
    }

    StreamRig rig_;
    std::uint64_t n_to_play_;
    Dice dice_;
    device::CellTargets targets_;
    Expected expected_;
};

/// All tiles run side by side, each through its own patterns one after the other.
void play(config::ReadMode mode, config::PostUnit post, std::uint64_t seed,
          const std::function<void(config::TileConfig&, Dice&)>& of_kind = {})
{
    constexpr int n_tiles = 16;
    constexpr int n_patterns = 1500;
    Dice dice(seed);
    std::vector<std::unique_ptr<Player>> players;
    std::vector<const TileRig*> rigs;
    for (int i = 0; i < n_tiles; ++i) {
        config::TileConfig c = random_tile(mode, post, dice, [&](config::TileConfig& tile) {
            if (of_kind) { of_kind(tile, dice); }
        });
        c.index = static_cast<std::uint16_t>(i);
        players.push_back(std::make_unique<Player>(i, c, n_patterns, dice));
        rigs.push_back(&players.back()->rig());
    }
    run_rigs(rigs);
    std::uint64_t patterns = 0, mvms = 0, cycles = 0, by_port = 0, held_up = 0;
    int slow = 0;
    for (const auto& player : players) {
        patterns += player->n_patterns;
        mvms += player->n_mvms;
        cycles += player->n_cycles;
        by_port += player->n_by_port;
        held_up += player->n_held_up;
        slow += player->has_slow_post() ? 1 : 0;
    }
    EXPECT_EQ(patterns, std::uint64_t{n_tiles} * n_patterns);
    EXPECT_GT(by_port, patterns / 4);
    EXPECT_GT(held_up, mvms / 50) << "residual words never come late";
    std::printf(
        "%llu patterns, %llu MVMs, %llu cycles on %d tiles, %d of them with N > A; in %llu "
        "patterns "
        "residual words by their own port, %llu MVMs held up by them\n",
        static_cast<unsigned long long>(patterns), static_cast<unsigned long long>(mvms),
        static_cast<unsigned long long>(cycles), n_tiles, slow,
        static_cast<unsigned long long>(by_port), static_cast<unsigned long long>(held_up));
}

TEST(TimingEquality, OnePhaseNmpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::one_phase, config::PostUnit::nmpu, 1);
}

TEST(TimingEquality, FourPhaseNmpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::four_phase, config::PostUnit::nmpu, 2);
}

TEST(TimingEquality, OnePhaseLdpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::one_phase, config::PostUnit::ldpu, 3);
}

TEST(TimingEquality, FourPhaseLdpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::four_phase, config::PostUnit::ldpu, 4);
}

void make_digital(config::TileConfig& c, Dice& dice) { c = drawn_digital(c, dice); }
void make_pim(config::TileConfig& c, Dice& dice)
{
    c = drawn_pim(c, static_cast<config::Scheme>(dice.roll(0, 2)), dice);
}

TEST(TimingEquality, DigitalNmpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::one_phase, config::PostUnit::nmpu, 5, make_digital);
}

TEST(TimingEquality, DigitalLdpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::one_phase, config::PostUnit::ldpu, 6, make_digital);
}

TEST(TimingEquality, PimNmpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::one_phase, config::PostUnit::nmpu, 7, make_pim);
}

TEST(TimingEquality, PimLdpuEqualsTheClosedFormUnderEveryPattern)
{
    play(config::ReadMode::one_phase, config::PostUnit::ldpu, 8, make_pim);
}

}  // namespace
}  // namespace aimc::test
