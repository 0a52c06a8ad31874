// SPDX-License-Identifier: Apache-2.0
// A reset may come at any moment of an MVM: the tile is as after power-up, its weights and words
// are kept, and the next MVM is right in value and time.
#include "support/kind_tiles.h"
#include "support/tile_rig.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <functional>
#include <string>

namespace aimc::test {
namespace {

enum class How { pin, soft };
using Recordings = std::vector<mvm::MvmRecord>;

/// Plays a job, resets in the middle, looks, and plays another one. Again and again.
class ResetBench {
public:
    ResetBench(const config::TileConfig& config, How how, const config::SinkPattern& sink)
        : rig("rig", config),
          how_(how),
          dice_(7),
          targets_(random_targets(config, dice_)),
          expected_(config, targets_)
    {
        job_.words = next_.words = random_words(config, dice_);
        job_.inputs = inputs_of(config, 7, dice_);
        job_.sink = sink;
        next_.inputs = inputs_of(config, 3, dice_);
        for (const mvm::MvmRecord& r : expected_.of(job_)) { undisturbed_.push_back(r.times); }
    }

    /// @param wait_deltas  how far into the edge; < 0: half a cycle after it
    void trial(std::uint64_t cycle, int wait_deltas)
    {
        where_ =
            "reset in cycle " + std::to_string(cycle) + ", delta " + std::to_string(wait_deltas);
        note_phase(cycle);
        bool stop = false;
        rig.start(job_, [&] { return stop; });
        rig.to_edge(rig.epoch + cycle);
        if (wait_deltas < 0) { sc_core::wait(rig.tile.t_clk() / 2.0); }
        for (int d = 0; d < wait_deltas; ++d) { sc_core::wait(sc_core::SC_ZERO_TIME); }
        stop = true;
        reset();
        finish_leftovers();
        next_.first_read = rig.controller().counters().mvms_in;
        const Recordings got = rig.play(next_);
        const Recordings want = expected_.of(next_);
        for (std::size_t k = 0; k < want.size(); ++k) {
            EXPECT_TRUE(got[k].times == want[k].times)
                << where_ << ": the next job is late or early";
            EXPECT_TRUE(got[k].values == want[k].values) << where_ << ": the next job is wrong";
        }
        ++n_resets;
    }
    void program() { rig.program(targets_, job_.words); }
    std::uint64_t last_cycle() const { return undisturbed_.back().out + 2; }

    StreamRig rig;
    std::uint64_t n_resets = 0;
    std::uint64_t at_door = 0, reading = 0, waiting_for_post = 0, in_post = 0, at_sink = 0;

private:
    void reset()
    {
        if (how_ == How::soft) {
            rig.cpu.set_at_once(tile::Register::control, put(tile::fields::control_soft_reset, 1));
            look();
            released_ = rig.now();
            return;
        }
        rig.rst_n.write(false);
        sc_core::wait(sc_core::SC_ZERO_TIME);  // the pin has fallen
        sc_core::wait(sc_core::SC_ZERO_TIME);  // and was seen
        look();
        rig.cycles(static_cast<std::uint64_t>(dice_.roll(1, 40)));
        look();
        rig.rst_n.write(true);
        released_ = rig.now();
    }

    /// As after power-up, but programmed.
    void look()
    {
        const tile::Controller& c = rig.controller();
        const tile::TileCounters n = c.counters();
        EXPECT_EQ(n.mvms_in + n.mvms_out + n.saturated + n.relu_clipped + n.over_range, 0U)
            << where_;
        EXPECT_EQ(n.state_cycles, (std::array<std::uint64_t, 5>{})) << where_;
        EXPECT_FALSE(c.busy()) << where_;
        EXPECT_FALSE(c.output_waiting()) << where_;
        std::vector<std::int16_t> codes(targets_.codes.data().size());
        c.read_weights(0, codes.data(), codes.size());
        EXPECT_EQ(codes, targets_.codes.data()) << where_;
        for (std::size_t i = 0; i < rig.config().cols; ++i) {
            EXPECT_EQ(c.read_affine(i), job_.words.nmpu[i]) << where_;
        }
        EXPECT_EQ(c.mode().scale_exponent, job_.words.scale_exponent);
        n_done_ = rig.records.size();
        n_in_ = rig.source.n_taken();
    }

    /// At most one vector was still at the door. It comes through as the first of a fresh tile.
    void finish_leftovers()
    {
        rig.cycles(2000);
        EXPECT_TRUE(rig.source.is_done()) << where_ << ": the vector at the door was forgotten";
        EXPECT_EQ(rig.x_checker.in_flight(), 0U) << where_ << ": a transaction was not answered";
        EXPECT_EQ(rig.y_checker.in_flight(), 0U) << where_;
        EXPECT_FALSE(rig.controller().busy()) << where_ << ": stuck";
        mvm::Job left;
        left.words = job_.words;
        const std::uint64_t n = rig.source.n_taken() - n_in_;
        ASSERT_LE(n, 1U) << where_;
        ASSERT_EQ(rig.records.size(), n_done_ + n)
            << where_ << ": lost, or an aborted one came out";
        if (n == 0) { return; }
        Matrix<std::int8_t> door(1, rig.config().rows);
        std::copy_n(job_.inputs.row(n_in_), rig.config().rows, door.row(0));
        left.inputs = std::move(door);
        const mvm::MvmRecord want = expected_.of(left).front();
        const mvm::MvmRecord got = rig.relative({rig.records.back()}, released_).front();
        EXPECT_TRUE(got.values == want.values) << where_ << ": the vector at the door is wrong";
        EXPECT_EQ(got.times.in, 0U) << where_ << ": not taken at the first edge after the reset";
        EXPECT_EQ(got.times.done, want.times.done) << where_;
        EXPECT_EQ(rig.taken.back(), want.values.y) << where_;
    }

    void note_phase(std::uint64_t cycle)
    {
        std::uint64_t before = 0;  // the next vector is offered when this one is in
        for (const mvm::MvmTimes& t : undisturbed_) {
            at_door += before < cycle && cycle < t.in ? 1 : 0;
            before = t.in;
            reading += t.start < cycle && cycle < t.counts ? 1 : 0;
            waiting_for_post += t.counts < cycle && cycle < t.post ? 1 : 0;
            in_post += t.post < cycle && cycle < t.done ? 1 : 0;
            at_sink += t.done < cycle && cycle < t.out ? 1 : 0;
        }
    }

    How how_;
    Dice dice_;
    device::CellTargets targets_;
    Expected expected_;
    mvm::Job job_, next_;
    std::vector<mvm::MvmTimes> undisturbed_;
    std::string where_;
    std::uint64_t released_ = 0;
    std::size_t n_done_ = 0;
    std::uint64_t n_in_ = 0;
};

/// The sink is away for a long time, so that the pipeline fills up to the door.
config::SinkPattern away(std::size_t cycles)
{
    config::SinkPattern sink;
    sink.ready.assign(cycles + 400, true);
    std::fill_n(sink.ready.begin(), cycles, false);
    return sink;
}

config::TileConfig tile_for_resets(config::TileConfig c = tiny_tile())
{
    c.nmpu.n_fill = 40;  // a post-processing that is long enough to be met
    c.controller.input_slots = 2;
    return c;
}

void reset_everywhere(const config::TileConfig& config, How how, const config::SinkPattern& sink)
{
    ResetBench bench(config, how, sink);
    bench.rig.body = [&] {
        bench.program();
        for (std::uint64_t cycle = 0; cycle < bench.last_cycle(); ++cycle) {
            bench.trial(cycle, -1);
            bench.trial(cycle, 0);
            bench.trial(cycle, static_cast<int>(cycle % 7) + 1);
            if (testing::Test::HasFailure()) { return; }
        }
    };
    run_rigs({&bench.rig});
    EXPECT_GT(bench.at_door, 0U);
    EXPECT_GT(bench.reading, 0U);
    EXPECT_GT(bench.in_post, 0U);
    EXPECT_LE(bench.rig.tokens.size(), 9U) << "tokens get lost";
    std::printf(
        "%llu resets; one of 7 vectors at the door %llu, reading %llu, counts waiting %llu, "
        "in post %llu, at the sink %llu times\n",
        static_cast<unsigned long long>(bench.n_resets),
        static_cast<unsigned long long>(bench.at_door),
        static_cast<unsigned long long>(bench.reading),
        static_cast<unsigned long long>(bench.waiting_for_post),
        static_cast<unsigned long long>(bench.in_post),
        static_cast<unsigned long long>(bench.at_sink));
}

TEST(TileReset, ByPinInAnyCycleWhileVectorsStream)
{
    reset_everywhere(tile_for_resets(), How::pin, {});
}

TEST(TileReset, BySoftwareInAnyCycleWhileVectorsStream)
{
    reset_everywhere(tile_for_resets(), How::soft, {});
}

TEST(TileReset, ByPinInAnyCycleWhileTheSinkIsAway)
{
    reset_everywhere(tile_for_resets(), How::pin, away(900));
}

TEST(TileReset, BySoftwareInAnyCycleWhileTheSinkIsAway)
{
    reset_everywhere(tile_for_resets(), How::soft, away(900));
}

TEST(TileReset, BySoftwareInAnyCycleWhenThePostUnitIsTheBottleneck)
{
    config::TileConfig c = tile_for_resets();
    c.nmpu.n_fill = 200;
    reset_everywhere(c, How::soft, {});
}

TEST(TileReset, OfADigitalTileByPinInAnyCycle)
{
    config::TileConfig c = tiny_digital();
    c.digital.skip_zero_planes = true;
    reset_everywhere(tile_for_resets(c), How::pin, {});
}

TEST(TileReset, OfADigitalTileBySoftwareWhileTheSinkIsAway)
{
    config::TileConfig c = tiny_digital();
    c.digital.n_pipeline = 3;
    reset_everywhere(tile_for_resets(c), How::soft, away(500));
}

TEST(TileReset, OfAPimTileBySoftwareInAnyCycle)
{
    reset_everywhere(tile_for_resets(tiny_pim(config::Scheme::bit_serial)), How::soft, {});
}

TEST(TileReset, OfAPimTileByPinWhileTheSinkIsAway)
{
    reset_everywhere(tile_for_resets(tiny_pim(config::Scheme::native)), How::pin, away(500));
}

TEST(TileReset, AtEveryStepOfABusyEdge)
{
    ResetBench bench(tile_for_resets(), How::pin, {});
    bench.rig.body = [&] {
        bench.program();
        for (const std::uint64_t cycle : {0U, 133U, 174U, 175U, 176U, 266U, 308U}) {
            for (int delta = 0; delta < 16; ++delta) { bench.trial(cycle, delta); }
        }
    };
    run_rigs({&bench.rig});
}

}  // namespace
}  // namespace aimc::test
