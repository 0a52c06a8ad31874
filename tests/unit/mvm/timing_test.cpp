// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/timing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <vector>

namespace aimc::mvm {
namespace {

using Edges = std::vector<std::uint64_t>;

/// A run of n vectors of n_read cycles each.
struct Played {
    std::vector<MvmTimes> times;
    StateCycles states;

    Played(const TimingRules& rules, int n_read, std::size_t n, config::Arrival arrival = {},
           config::SinkPattern sink = {})
    {
        Recurrence recurrence(rules, std::move(arrival), std::move(sink));
        StateAccount account;
        for (std::size_t k = 0; k < n; ++k) {
            times.push_back(recurrence.next(n_read));
            account.add(times.back());
        }
        states = account.finish();
    }
    Edges of(std::uint64_t MvmTimes::*edge) const
    {
        Edges edges;
        for (const MvmTimes& t : times) { edges.push_back(t.*edge); }
        return edges;
    }
    Edges state_list() const
    {
        return {states.reading, states.input_starved, states.post_busy, states.output_blocked,
                states.drain};
    }
};

/// The default tile with a read mode, a post unit and its banks.
config::TileConfig tile(config::ReadMode mode, config::PostUnit post, bool double_buffered = true)
{
    config::TileConfig c;
    c.read.mode = mode;
    c.post = post;
    c.controller.double_buffered = double_buffered;
    return c;
}

constexpr auto one_phase = config::ReadMode::one_phase;
constexpr auto four_phase = config::ReadMode::four_phase;
constexpr auto nmpu = config::PostUnit::nmpu;
constexpr auto ldpu = config::PostUnit::ldpu;

int n_read(const config::TileConfig& c) { return n_read_cycles(c, n_phases(c.read.mode)); }

TEST(ReadCycles, TellThePhasesThatRan)
{
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        for (const int settle : {0, 2}) {
            for (const std::optional<int> overhead : {std::optional<int>{}, std::optional(500)}) {
                config::TileConfig c;
                c.read.mode = mode;
                c.read.n_settle = settle;
                c.read.n_overhead = overhead;
                for (int phases = 1; phases <= 4; ++phases) {
                    const auto n_read = static_cast<std::uint64_t>(n_read_cycles(c, phases));
                    EXPECT_EQ(steps_in(c, n_read), static_cast<std::uint64_t>(phases));
                }
            }
        }
    }
}

TEST(MvmTiming, ReadTakes133CyclesInOnePhaseAnd521InFour)
{
    EXPECT_EQ(n_read(tile(one_phase, nmpu)), 133);
    EXPECT_EQ(n_read(tile(four_phase, nmpu)), 521);
    config::TileConfig skipping = tile(four_phase, nmpu);
    EXPECT_EQ(n_read_cycles(skipping, 2), 2 * 130 + 1) << "two phases left out";
    skipping.read.n_overhead = 0;
    skipping.read.n_window = 10;
    skipping.read.n_settle = 1;
    EXPECT_EQ(n_read_cycles(skipping, 3), 33);
}

TEST(ReadCycles, OfOtherKindsAreTheirStepsAndNothingElse)
{
    config::TileConfig c;
    c.kind = config::TileKind::digital_cim;
    EXPECT_EQ(n_read_cycles(c, 8), 8);
    EXPECT_EQ(steps_in(c, 8), 8U);
    EXPECT_EQ(n_pipeline_cycles(c), 2);
    c.kind = config::TileKind::pim;
    c.pim.scheme = config::Scheme::bit_serial;  // 4 planes share a converter of 7 bits
    EXPECT_EQ(n_read_cycles(c, 3), 3 * (4 + 4 * 8));
    EXPECT_EQ(steps_in(c, 3 * 36), 3U);
    c.pim.converters = 3;
    EXPECT_EQ(n_read_cycles(c, 1), 4 + 2 * 8) << "two rounds";
    EXPECT_EQ(n_pipeline_cycles(c), 0);
}

/// The recurrence by hand: A = 8, F = 2.
TEST(Pipeline, KeepsTheArrayBusyWhereTheBanksAllowIt)
{
    const TimingRules rules{7, true, 1, 2, 2};
    Recurrence recurrence(rules, {}, {});
    StateAccount account(2);
    std::vector<MvmTimes> times;
    for (int k = 0; k < 20; ++k) {
        times.push_back(recurrence.next(8));
        account.add(times.back());
    }
    for (std::size_t k = 0; k < times.size(); ++k) {
        EXPECT_EQ(times[k].start, 8 * k);
        EXPECT_EQ(times[k].counts, 8 * k + 10) << "latency of the array";
        EXPECT_EQ(times[k].done, 8 * k + 17);
    }
    const StateCycles states = account.finish();
    EXPECT_EQ(states.reading, 20U * 8);
    EXPECT_EQ(states.drain, 2U + 7);
    EXPECT_EQ(states.sum(), times.back().out);
}

TEST(Pipeline, ABankThatIsNotYetKnownToComeFreeIsNotClaimed)
{
    // N = 1 < F = 4: bank_k = H_k, not Y_k - F, which would be before the post unit has started
    Recurrence recurrence({1, false, 1, 2, 4}, {}, {});
    const MvmTimes first = recurrence.next(3);
    EXPECT_EQ(first.counts, 7U);
    EXPECT_EQ(recurrence.next(3).start, first.post);
}

TEST(MvmTiming, PostTakes7CyclesWithTheNmpuAnd973WithTheLdpu)
{
    EXPECT_EQ(timing_rules(tile(one_phase, nmpu)).n_post, 7);
    EXPECT_EQ(timing_rules(tile(one_phase, ldpu)).n_post, 973);
}

TEST(MvmTiming, UnloadedLatencyIsReadPlusPost)
{
    struct Row {
        config::ReadMode mode;
        config::PostUnit post;
        std::uint64_t latency;
    };
    for (const Row& row : std::vector<Row>{{one_phase, nmpu, 140},
                                           {four_phase, nmpu, 528},
                                           {one_phase, ldpu, 1106},
                                           {four_phase, ldpu, 1494}}) {
        for (const bool double_buffered : {true, false}) {
            const config::TileConfig c = tile(row.mode, row.post, double_buffered);
            config::Arrival rare;
            rare.n_gaps = {5000};  // longer than any latency
            for (const MvmTimes& t : Played(timing_rules(c), n_read(c), 4, rare).times) {
                EXPECT_EQ(t.out - t.in, row.latency);
            }
        }
    }
}

TEST(MvmTiming, InitiationIntervalIsTheSlowerStageOrBothWithOneBank)
{
    struct Row {
        config::ReadMode mode;
        config::PostUnit post;
        std::uint64_t two_banks, one_bank;
    };
    for (const Row& row : std::vector<Row>{{one_phase, nmpu, 133, 140},
                                           {four_phase, nmpu, 521, 528},
                                           {one_phase, ldpu, 973, 1106},
                                           {four_phase, ldpu, 973, 1494}}) {
        for (const bool double_buffered : {true, false}) {
            const config::TileConfig c = tile(row.mode, row.post, double_buffered);
            const Played run(timing_rules(c), n_read(c), 8);
            for (std::size_t k = 1; k < 8; ++k) {
                EXPECT_EQ(run.times[k].out - run.times[k - 1].out,
                          double_buffered ? row.two_banks : row.one_bank);
            }
        }
    }
}

TEST(MvmTiming, StarvesWhenVectorsComeLate)
{
    config::Arrival late;
    late.n_gaps = {0, 10};
    const Played run({1, true, 1, 1}, 4, 2, late);
    EXPECT_EQ(run.of(&MvmTimes::in), (Edges{0, 10}));
    EXPECT_EQ(run.of(&MvmTimes::out), (Edges{5, 15}));
    EXPECT_EQ(run.state_list(), (Edges{8, 6, 0, 0, 1}));
}

TEST(MvmTiming, WaitsForThePostUnitWhenBothBanksAreFull)
{
    const Played run({30, true, 2, 2}, 3, 3);
    EXPECT_EQ(run.of(&MvmTimes::in), (Edges{0, 1, 3})) << "two slots, one vector an edge";
    EXPECT_EQ(run.of(&MvmTimes::start), (Edges{0, 3, 33})) << "a bank is free at Y_0 = 33";
    EXPECT_EQ(run.of(&MvmTimes::out), (Edges{33, 63, 93}));
    EXPECT_EQ(run.state_list(), (Edges{9, 0, 27, 0, 57}));
}

TEST(MvmTiming, IsBlockedByASinkThatRarelyTakes)
{
    config::SinkPattern sink;  // ready at 0, 10, 20 ...
    sink.ready.assign(10, false);
    sink.ready[0] = true;
    const Played run({2, true, 1, 1}, 4, 5, {}, sink);
    EXPECT_EQ(run.of(&MvmTimes::in), (Edges{0, 4, 8, 12, 16}));
    EXPECT_EQ(run.of(&MvmTimes::start), (Edges{0, 4, 8, 12, 22}));
    EXPECT_EQ(run.of(&MvmTimes::post), (Edges{4, 10, 20, 30, 40}));
    EXPECT_EQ(run.of(&MvmTimes::done), (Edges{6, 12, 22, 32, 42}));
    EXPECT_EQ(run.of(&MvmTimes::out), (Edges{10, 20, 30, 40, 50}));
    // Vector 4 is there at 16; until 20 both banks wait for an output slot, then the post unit
    // takes 2 cycles to free one.
    EXPECT_EQ(run.state_list(), (Edges{20, 0, 2, 4, 24}));
    EXPECT_EQ(run.states.sum(), 50u);
}

TEST(MvmTiming, HandsOverOneVectorAnEdge)
{
    config::SinkPattern sink;  // ready from 10 on, when two vectors have waited since 3 and 5
    sink.ready.assign(20, true);
    std::fill_n(sink.ready.begin(), 10, false);
    const Played run({1, true, 1, 2}, 2, 3, {}, sink);
    EXPECT_EQ(run.of(&MvmTimes::done), (Edges{3, 5, 11})) << "the third waits for a slot";
    EXPECT_EQ(run.of(&MvmTimes::out), (Edges{10, 11, 12}));
}

TEST(MvmTiming, TakesAFreedInputSlotAtTheSameEdge)
{
    EXPECT_EQ(Played({1, true, 1, 2}, 5, 4).of(&MvmTimes::in), (Edges{0, 5, 10, 15}));
    EXPECT_EQ(Played({1, true, 2, 2}, 5, 4).of(&MvmTimes::in), (Edges{0, 1, 5, 10}));
    EXPECT_EQ(Played({1, true, 3, 2}, 5, 4).of(&MvmTimes::in), (Edges{0, 1, 2, 5}));
}

TEST(MvmTiming, CountsGapsFromTheVectorBeforeAndTheSinkFromCycleZero)
{
    config::Arrival arrival;
    arrival.n_gaps = {99, 7, 20};  // the first is not used: cycle 0 is in_0
    const Played run({1, true, 1, 2}, 5, 5, arrival);
    EXPECT_EQ(run.of(&MvmTimes::in), (Edges{0, 7, 27, 126, 133})) << "gaps repeat";
    config::SinkPattern sink;
    sink.ready = {false, false, true, false};
    EXPECT_EQ(Played({1, true, 1, 2}, 5, 3, {}, sink).of(&MvmTimes::out), (Edges{6, 14, 18}));
}

TEST(MvmTiming, ReadsOfDifferentLengthsShareOneChain)
{
    Recurrence recurrence({2, true, 1, 2}, {}, {});
    EXPECT_EQ(recurrence.next(10).out, 12u);
    EXPECT_EQ(recurrence.next(3).out, 15u);
    EXPECT_EQ(recurrence.next(1).out, 17u) << "post unit busy until 15";
}

/// Cycles from H_k to the first column, as the passes are stepped through.
int first_column_by_counting(const config::TileConfig& c, int passes)
{
    int step = 0;
    for (int pass = 1;; ++pass) {
        for (std::size_t column = 0; column < c.cols;
             column += static_cast<std::size_t>(c.ldpu.lanes)) {
            step += c.ldpu.n_initiation_interval;
            if (pass == passes) { return step + c.ldpu.n_fill; }  // column 0 of the last pass
        }
    }
}

TEST(MvmTiming, FirstColumnOfThePartialSumIsReadyBeforeTheLast)
{
    EXPECT_EQ(n_first_column_cycles(tile(one_phase, nmpu)), 4) << "a fill of 3, then the first";
    EXPECT_EQ(n_first_column_cycles(tile(one_phase, nmpu), true), 4) << "an adder of its own";
    EXPECT_EQ(n_first_column_cycles(tile(one_phase, ldpu)), 2 * 64 * 5 + 5 + 13);
    for (const std::size_t cols : {1U, 3U, 4U, 5U, 256U}) {
        for (const int residual_passes : {0, 1, 2}) {
            config::TileConfig c = tile(one_phase, ldpu);
            c.cols = cols;
            c.ldpu.residual_passes = residual_passes;
            for (const bool residual_in : {false, true}) {
                const int passes = 3 + (residual_in ? residual_passes : 0);
                EXPECT_EQ(n_first_column_cycles(c, residual_in),
                          first_column_by_counting(c, passes));
                EXPECT_LE(n_first_column_cycles(c, residual_in),
                          timing_rules(c, residual_in).n_post);
            }
            c.post = nmpu;
            EXPECT_LE(n_first_column_cycles(c), timing_rules(c).n_post);
        }
    }
}

TEST(MvmTiming, PostUnitWaitsForResidualWords)
{
    const TimingRules rules{2, true, 1, 2};
    Recurrence recurrence(rules, {}, {});
    EXPECT_EQ(recurrence.next(10, 9).post, 10u) << "in time: one cycle early";
    EXPECT_EQ(recurrence.next(10, 20).post, 20u) << "in time: at the edge";
    EXPECT_EQ(recurrence.next(10, 31).post, 31u) << "one cycle late";
    EXPECT_EQ(recurrence.next(10, 100).post, 100u);
    EXPECT_EQ(recurrence.next(10, 5).post, 102u) << "behind the vector before it";
    const MvmTimes t = recurrence.next(10);
    EXPECT_EQ(t.start, 102u) << "both banks were held until Y = 102";
    EXPECT_EQ(t.post, 112u);
}

TEST(MvmTiming, AWaitForResidualWordsIsBookedToThePostUnit)
{
    config::SinkPattern never_soon;
    never_soon.ready.assign(100, false);
    never_soon.ready[0] = true;
    struct Row {
        std::uint64_t residual_ready;  ///< of the first vector
        config::SinkPattern sink;
        Edges expected;
    };
    // One bank, A = 5, N = 2: vector 1 is there at 5 and waits for the bank until Y_0 = H_0 + 2.
    for (const Row& row : std::vector<Row>{{0, {}, {10, 0, 2, 0, 2}},
                                           {5, {}, {10, 0, 2, 0, 2}},
                                           {6, {}, {10, 0, 3, 0, 2}},
                                           {50, {}, {10, 0, 47, 0, 2}},
                                           {50, never_soon, {10, 0, 47, 0, 143}}}) {
        Recurrence recurrence({2, false, 1, 2}, {}, row.sink);
        StateAccount account;
        account.add(recurrence.next(5, row.residual_ready), row.residual_ready);
        account.add(recurrence.next(5));
        const StateCycles s = account.finish();
        EXPECT_EQ((Edges{s.reading, s.input_starved, s.post_busy, s.output_blocked, s.drain}),
                  row.expected)
            << "R = " << row.residual_ready;
    }
}

TEST(ChainTiming, EveryRowTileAddsTheDelayOfOneColumn)
{
    for (const auto post : {nmpu, ldpu}) {
        const config::TileConfig c = tile(one_phase, post);
        const auto a = static_cast<std::uint64_t>(n_read(c));
        const auto first = static_cast<std::uint64_t>(n_first_column_cycles(c));
        const auto n_post = static_cast<std::uint64_t>(timing_rules(c).n_post);
        for (std::size_t n_tiles = 1; n_tiles <= 6; ++n_tiles) {
            ChainRecurrence chain(chain_of(c, n_tiles), {}, {});
            const auto times = chain.next(std::vector<int>(n_tiles, n_read(c)));
            ASSERT_EQ(times.size(), n_tiles);
            for (std::size_t j = 0; j < n_tiles; ++j) {
                const std::uint64_t adding = j > 0 && post == ldpu ? 64u * 5u : 0u;
                const std::uint64_t before = j > 1 && post == ldpu ? (j - 1) * 64u * 5u : 0u;
                EXPECT_EQ(times[j].post, a + j * first + before);
                EXPECT_EQ(times[j].out, times[j].post + n_post + adding);
            }
        }
    }
    // 768 rows over three tiles of the published core: 140 + 2 * 4
    ChainRecurrence three(chain_of(tile(one_phase, nmpu), 3), {}, {});
    EXPECT_EQ(three.next({133, 133, 133}).back().out, 148u);
    EXPECT_EQ(three.next({133, 133, 133}).back().out, 281u) << "the interval is that of one tile";
}

TEST(ChainTiming, TakesTheFirstTilesOwnResidualAndTheLastTilesSink)
{
    config::TileConfig c = tile(one_phase, ldpu);
    config::SinkPattern sink;
    sink.ready.assign(10000, false);
    sink.ready[9999] = true;
    for (const bool skip : {false, true}) {
        ChainRecurrence chain(chain_of(c, 2, skip), {}, sink);
        const auto times = chain.next({133, 133});
        EXPECT_EQ(times[0].done - times[0].post, skip ? 973u + 320u : 973u);
        EXPECT_EQ(times[0].out, times[0].done) << "its partial sum goes into a memory";
        EXPECT_EQ(times[1].out, 9999u);
        EXPECT_EQ(chain.residual_ready(0, times), 0u);
        EXPECT_EQ(chain.residual_ready(1, times), times[1].post);
    }
    EXPECT_THROW(ChainRecurrence({}, {}, {}), std::invalid_argument);
}

TEST(ChainTiming, ALongerReadOfOneSliceHoldsUpTheTilesBehindIt)
{
    ChainRecurrence chain(std::vector<ChainTile>(3, {{2, true, 1, 2}, 1}), {}, {});
    const auto times = chain.next({10, 50, 20});
    EXPECT_EQ(times[0].post, 10u);
    EXPECT_EQ(times[1].post, 50u);
    EXPECT_EQ(times[2].post, 51u);
}

TEST(MvmTiming, StatesSumToTheLastOutput)
{
    int n_runs = 0;
    for (const bool double_buffered : {true, false}) {
        for (const int n_post : {1, 5, 40}) {
            for (const int slots : {1, 2, 3}) {
                for (const std::uint32_t gap : {0U, 3U, 30U, 100U}) {
                    for (const std::size_t period : {1U, 2U, 7U, 64U}) {
                        config::SinkPattern sink;
                        sink.ready.assign(period, false);
                        sink.ready[period / 2] = true;
                        config::Arrival arrival;
                        arrival.n_gaps = {0, gap};
                        const Played run({n_post, double_buffered, slots, slots}, 9, 20, arrival,
                                         sink);
                        EXPECT_EQ(run.states.sum(), run.times.back().out);
                        EXPECT_EQ(run.states.reading, 9u * 20u);
                        ++n_runs;
                    }
                }
            }
        }
    }
    std::cout << "mvm timing: states sum to cycles_total in " << n_runs << " runs\n";
}

TEST(MvmTiming, AccountOfNothingIsNothing) { EXPECT_EQ(StateAccount().finish().sum(), 0u); }

}  // namespace
}  // namespace aimc::mvm
