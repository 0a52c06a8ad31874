// SPDX-License-Identifier: Apache-2.0
// Several tiles in one simulation do not know of each other: no globals, no shared random stream.
#include "support/kind_tiles.h"
#include "support/tile_rig.h"

#include <gtest/gtest.h>

namespace aimc::test {
namespace {

config::TileConfig noisy_tile(std::uint16_t index)
{
    config::TileConfig c = tiny_tile();
    c.index = index;
    c.device.model = config::DeviceModel::hermes;
    c.adc.sigma_lsb = 50.0;  // a count is one weight step times one input step: large sums
    c.adc.curves = config::CurveSource::parametric;
    c.adc.full_scale_uA = 94.0;
    return c;
}

/// A tile, a job for it, and how the job ran.
struct Runner {
    Runner(const char* name, const config::TileConfig& config, std::uint64_t seed)
        : rig(name, config), dice(seed), targets(random_targets(config, dice))
    {
        job.words = random_words(config, dice);
        job.inputs = inputs_of(config, 20, dice);
        job.arrival.n_gaps = {0, 7, 150};
        job.sink.ready = {false, true, false, false, true};
    }
    std::vector<mvm::MvmRecord> fresh_run()
    {
        rig.controller().reset();  // reads are counted from 0 again: the same noise
        rig.program(targets, job.words);
        return rig.play(job);
    }
    std::vector<mvm::MvmRecord> by_pure_functions() const
    {
        return Expected(rig.config(), targets).of(job);
    }
    StreamRig rig;
    Dice dice;
    device::CellTargets targets;
    mvm::Job job;
    std::vector<mvm::MvmRecord> alone, together;
};

void expect_same(const std::vector<mvm::MvmRecord>& a, const std::vector<mvm::MvmRecord>& b)
{
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
        EXPECT_TRUE(a[k].times == b[k].times) << "vector " << k;
        EXPECT_TRUE(a[k].values == b[k].values) << "vector " << k;
    }
}

void run_together_as_each_alone(const config::TileConfig& of_a, const config::TileConfig& of_b)
{
    Runner a("a", of_a, 1);
    Runner b("b", of_b, 2);
    constexpr double b_alone_us = 100.0;  // a is long done by then
    constexpr double together_us = 400.0;
    const auto play = [&](Runner& r, double start_us) {
        sc_core::wait(start_us, sc_core::SC_US);
        r.alone = r.fresh_run();
        EXPECT_LT(sc_core::sc_time_stamp(), sc_core::sc_time(together_us, sc_core::SC_US));
        sc_core::wait(sc_core::sc_time(together_us, sc_core::SC_US) - sc_core::sc_time_stamp());
        r.together = r.fresh_run();
    };
    a.rig.body = [&] { play(a, 0.0); };
    b.rig.body = [&] { play(b, b_alone_us); };
    run_rigs({&a.rig, &b.rig});
    EXPECT_LT(a.alone.back().times.out, 100000U) << "was not alone";
    expect_same(a.alone, a.together);
    expect_same(b.alone, b.together);
    expect_same(a.together, a.by_pure_functions());
    expect_same(b.together, b.by_pure_functions());
}

TEST(TwoTiles, RunTogetherAsEachRunsAlone)
{
    config::TileConfig slow = noisy_tile(1);
    slow.rows = 3;
    slow.read.mode = config::ReadMode::four_phase;
    slow.post = config::PostUnit::ldpu;
    slow.controller.double_buffered = false;
    slow.t_clk_ps = 1500;  // edges of the two fall together only now and then
    slow.seed.read = 77;
    run_together_as_each_alone(noisy_tile(0), slow);
}

TEST(TwoTiles, OfTwoKindsRunTogetherAsEachRunsAlone)
{
    config::TileConfig digital = tiny_digital();
    digital.digital.skip_zero_planes = true;
    digital.t_clk_ps = 2500;
    run_together_as_each_alone(tiny_pim(config::Scheme::bit_serial), digital);
}

TEST(TwoTiles, AnalogAndDigitalRunTogetherAsEachRunsAlone)
{
    run_together_as_each_alone(noisy_tile(0), tiny_digital());
}

TEST(TwoTiles, OfDifferentIndexHaveDifferentNoise)
{
    Runner a("a", noisy_tile(0), 1);
    Runner b("b", noisy_tile(1), 1);
    Runner same("same", noisy_tile(0), 1);
    for (Runner* r : {&a, &b, &same}) {
        r->rig.body = [r] { r->together = r->fresh_run(); };
    }
    run_rigs({&a.rig, &b.rig, &same.rig});
    expect_same(a.together, same.together);
    int differing = 0;
    for (std::size_t k = 0; k < a.together.size(); ++k) {
        ASSERT_EQ(a.together[k].values.x, b.together[k].values.x);
        ASSERT_TRUE(a.together[k].times == b.together[k].times) << "noise must not change the time";
        differing += a.together[k].values.c_p != b.together[k].values.c_p ? 1 : 0;
    }
    EXPECT_GT(differing, 10);
}

}  // namespace
}  // namespace aimc::test
