// SPDX-License-Identifier: Apache-2.0
// Published timing of the HERMES chip and of the NMPU, and where our cycles come from. Most of it
// is consistency: the overhead cycles were derived from the same figures.
#include "aimc/ldpu/timing.h"

#include "aimc/mvm/post.h"
#include "aimc/mvm/timing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

namespace {

using namespace aimc;

config::TileConfig hermes(config::ReadMode mode, config::PostUnit post)
{
    config::TileConfig c;
    c.read.mode = mode;
    c.post = post;
    return c;
}

/// Operations per second of `tiles` tiles that start a read every A cycles.  [TOPS]
double tops(const config::TileConfig& c, int tiles)
{
    const int n_read = mvm::n_read_cycles(c, config::n_phases(c.read.mode));
    const double t_mvm = n_read * static_cast<double>(c.t_clk_ps) * 1e-12;
    const double operations = 2.0 * static_cast<double>(c.rows * c.cols);
    return tiles * operations / t_mvm * 1e-12;
}

/// Latency of the first vector, and the interval once the pipeline is full.  [cycles]
struct Unloaded {
    std::uint64_t latency, interval;
};
Unloaded run(const config::TileConfig& c)
{
    mvm::Recurrence recurrence(mvm::timing_rules(c), {}, {});
    const int n_read = mvm::n_read_cycles(c, config::n_phases(c.read.mode));
    const auto first = recurrence.next(n_read);
    mvm::MvmTimes before = first;
    mvm::MvmTimes last = first;
    for (int k = 0; k < 20; ++k) {
        before = last;
        last = recurrence.next(n_read);
    }
    return {first.out - first.in, last.out - before.out};
}

constexpr auto one = config::ReadMode::one_phase;
constexpr auto four = config::ReadMode::four_phase;
constexpr auto nmpu = config::PostUnit::nmpu;
constexpr auto ldpu = config::PostUnit::ldpu;

// LeGallo23: 63.1 TOPS, one-phase, 64 cores. Ours is set to match: 128 + 2 + 3 = 133 cycles.
TEST(LeGallo23, OnePhaseThroughputOf64Cores)
{
    const double ours = tops(hermes(one, nmpu), 64);
    std::printf("one-phase, 64 tiles: %.2f TOPS, published 63.1 (set to match)\n", ours);
    EXPECT_NEAR(ours / 63.1, 1.0, 0.005);
}

// LeGallo23: 16.1 TOPS, four-phase, 64 cores. Ours is set to match: 4 * (128 + 2) + 1 = 521 cycles.
TEST(LeGallo23, FourPhaseThroughputOf64Cores)
{
    const double ours = tops(hermes(four, nmpu), 64);
    std::printf("four-phase, 64 tiles: %.2f TOPS, published 16.1 (set to match)\n", ours);
    EXPECT_NEAR(ours / 16.1, 1.0, 0.005);
}

// Khaddam22: 1.008 TOPS of a single core, that is 130 ns: without the 3 cycles that the 64-core
// chip shows. A known gap of 2.3 %.
TEST(Khaddam22, SingleCoreIsTwoPercentFasterThanOurs)
{
    const double ours = tops(hermes(one, nmpu), 1);
    std::printf("single tile: %.3f TOPS, published 1.008 (known gap)\n", ours);
    EXPECT_NEAR(ours / 1.008, 0.978, 0.002);
}

// Ferro24 (abstract): 139x over the FP16 design. Ours is set to match, 973 = 139 * 7.
TEST(Ferro24, NmpuIs139TimesFasterThanTheFp16Unit)
{
    const int n = mvm::n_post_cycles(hermes(one, nmpu));
    const int l = mvm::n_post_cycles(hermes(one, ldpu));
    std::printf("LDPU %d : NMPU %d cycles = %.1f, published 139 (set to match)\n", l, n,
                static_cast<double>(l) / n);
    EXPECT_EQ(n, 7);
    EXPECT_EQ(l, 973);
}

TEST(Timing, LatencyIsReadPlusPostAndTheIntervalTheLonger)
{
    struct Row {
        config::ReadMode mode;
        config::PostUnit post;
        std::uint64_t latency, interval;
    };
    for (const Row& row : {Row{one, nmpu, 140, 133}, Row{four, nmpu, 528, 521},
                           Row{one, ldpu, 1106, 973}, Row{four, ldpu, 1494, 973}}) {
        const Unloaded got = run(hermes(row.mode, row.post));
        std::printf("latency %llu, interval %llu cycles\n",
                    static_cast<unsigned long long>(got.latency),
                    static_cast<unsigned long long>(got.interval));
        EXPECT_EQ(got.latency, row.latency);
        EXPECT_EQ(got.interval, row.interval);
    }
}

TEST(Timing, WithoutDoubleBufferingTheIntervalIsReadPlusPost)
{
    auto c = hermes(one, nmpu);
    c.controller.double_buffered = false;
    EXPECT_EQ(run(c).interval, 140U);
}

}  // namespace
