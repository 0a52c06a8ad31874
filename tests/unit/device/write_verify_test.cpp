// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/array_state.h"
#include "aimc/device/pcm_fits.h"

#include "unit/config/input_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace aimc::device {
namespace {

constexpr std::size_t n = 64;  // rows and columns

config::TileConfig tile(double margin_counts)
{
    config::TileConfig c;
    c.rows = c.cols = n;
    c.device.model = config::DeviceModel::hermes;
    c.device.drift = false;
    c.device.programming = config::Programming::write_verify;
    c.device.write_verify.margin_counts = margin_counts;
    c.device.write_verify.n_pulse = 10;
    c.device.write_verify.n_verify = 7;
    return c;
}

CellTargets all_cells(std::int16_t code) { return {Matrix<std::int16_t>(n, n, code), 127}; }

/// Codes -127 .. 127, each about equally often.
CellTargets mixed_cells()
{
    CellTargets targets = all_cells(0);
    for (std::size_t i = 0; i < n * n; ++i) {
        targets.codes.data()[i] = static_cast<std::int16_t>(static_cast<int>(i * 37 % 255) - 127);
    }
    return targets;
}

TEST(WriteVerify, AnOpenMarginTakesOnePulseWhichIsTheStatisticalDraw)
{
    config::TileConfig c = tile(10000.0);
    const Conductances verified = program_array(c, mixed_cells());
    EXPECT_EQ(verified.programming.pulses, n * n * 2);
    EXPECT_EQ(verified.programming.unconverged, 0U);
    EXPECT_EQ(verified.programming.cycles, n * 2 * 17);
    c.device.programming = config::Programming::statistical;
    const Conductances drawn = program_array(c, mixed_cells());
    EXPECT_TRUE(drawn.g_pos == verified.g_pos);
    EXPECT_TRUE(drawn.g_neg == verified.g_neg);
    EXPECT_TRUE(drawn.sigma_pos == verified.sigma_pos);
}

TEST(WriteVerify, NoMarginLeavesCellsUnconverged)
{
    const ProgrammingFacts facts = program_array(tile(0.0), mixed_cells()).programming;
    EXPECT_GT(facts.unconverged, 0U);
    EXPECT_GT(facts.pulses, 5 * n * n * 2);
    EXPECT_EQ(facts.cycles, n * 2 * 30 * 17) << "some cell of every row takes all 30";
}

TEST(WriteVerify, EveryWiderMarginTakesFewerPulses)
{
    ProgrammingFacts before = program_array(tile(0.0), mixed_cells()).programming;
    for (const double margin : {1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 60.0}) {
        const ProgrammingFacts facts = program_array(tile(margin), mixed_cells()).programming;
        EXPECT_LT(facts.pulses, before.pulses) << margin;
        EXPECT_LE(facts.unconverged, before.unconverged) << margin;
        EXPECT_LE(facts.cycles, before.cycles) << margin;
        before = facts;
    }
}

TEST(WriteVerify, CellsLieWithinTheMarginWhenReadsAreQuiet)
{
    config::TileConfig c = tile(5.0);
    c.device.read_noise = config::ReadNoise::none;
    c.device.write_verify.max_iterations = 200;
    const Conductances g = program_array(c, all_cells(100));
    ASSERT_EQ(g.programming.unconverged, 0U);
    const double count = 20.7e-6 / 160;  // a pair counts twice the 80 of one device
    const double target = 20.7e-6 * 100 / 127;
    double worst = 0.0;
    for (const double value : g.g_pos.data()) {
        worst = std::max(worst, std::fabs(value - target) / count);
    }
    EXPECT_LT(worst, 6.0) << "5 counts and what floor hides";
    EXPECT_GT(worst, 5.0) << "the margin is used";
}

TEST(WriteVerify, ReadNoiseLetsCellsThroughThatAreOutside)
{
    config::TileConfig c = tile(5.0);
    c.device.write_verify.max_iterations = 200;
    const Conductances g = program_array(c, all_cells(100));
    ASSERT_EQ(g.programming.unconverged, 0U);
    const double count = 20.7e-6 / 160;
    const double target = 20.7e-6 * 100 / 127;
    const double noise =
        target * HermesFit(2).read_noise(100 / 127.0) * read_noise_growth(300.0_s, 128.0_ns);
    double outside = 0.0;
    double sum2 = 0.0;
    for (const double value : g.g_pos.data()) {
        const double off = std::fabs(value - target);
        outside += off > 6 * count ? 1 : 0;
        sum2 += off * off;
        EXPECT_LT(off, 6 * count + 5.5 * noise);
    }
    EXPECT_GT(outside, 0.0);
    const double sd = HermesFit(2).programming_sd(100 / 127.0).si();
    EXPECT_LT(std::sqrt(sum2 / (n * n)), sd) << "tighter than the spread of one pulse";
}

TEST(WriteVerify, APulseWithoutSpreadHitsWholeCountsAtOnce)
{
    config::TileConfig c = tile(0.0);
    c.device.read_noise = config::ReadNoise::none;
    c.device.write_verify.pulse_sd = 0.0;
    const Conductances g = program_array(c, mixed_cells());
    EXPECT_EQ(g.programming.pulses, n * n * 2);
    EXPECT_EQ(g.programming.unconverged, 0U);
}

TEST(WriteVerify, ARowTakesAsLongAsItsSlowestCell)
{
    config::TileConfig c = tile(5.0);
    c.rows = 1;
    c.cols = 1;
    CellTargets one{Matrix<std::int16_t>(1, 1, 100), 127};
    const ProgrammingFacts facts = program_array(c, one).programming;
    // one cell: its two polarities take turns, so the time is that of all its pulses
    EXPECT_EQ(facts.cycles, facts.pulses * 17);
}

class WriteVerifyOfFaults : public config::testing::InputFiles {};

TEST_F(WriteVerifyOfFaults, ADeviceCountsEightyAndAPairTwiceThat)
{
    for (const int devices : {1, 2}) {
        config::TileConfig c = tile(80.0);
        c.device.devices_per_polarity = devices;
        c.device.read_noise = config::ReadNoise::none;
        c.device.write_verify.pulse_sd = 0.0;
        c.device.faults.file = put("one.json", R"({"format": "aimc-faults/1", "stuck": [
            {"row": 1, "col": 2, "polarity": "pos", "device": 0, "state": "reset"}]})");
        // one device lacks: 0 of 80 counts, or 80 of 160
        EXPECT_EQ(program_array(c, all_cells(127)).programming.unconverged, 0U) << devices;
        c.device.write_verify.margin_counts = 79.0;
        EXPECT_EQ(program_array(c, all_cells(127)).programming.unconverged, 1U) << devices;
        // with one device at half of its target: 0 of 40 counts, or 40 of 80
        c.device.write_verify.margin_counts = 41.0;
        EXPECT_EQ(program_array(c, all_cells(64)).programming.unconverged, 0U) << devices;
    }
}

TEST_F(WriteVerifyOfFaults, StuckDevicesAndDeadLinesStayUnconverged)
{
    config::TileConfig c = tile(60.0);  // far beyond the noise, below what half a pair lacks
    c.device.faults.file = put("f.json", R"({"format": "aimc-faults/1", "dead_rows": [9],
        "stuck": [{"row": 1, "col": 2, "polarity": "pos", "device": 0, "state": "reset"},
                  {"row": 3, "col": 4, "polarity": "neg", "device": 0, "state": "set"},
                  {"row": 5, "col": 6, "polarity": "pos", "device": 0, "state": "set"},
                  {"row": 5, "col": 6, "polarity": "neg", "device": 0, "state": "set"}]})");
    const ProgrammingFacts facts = program_array(c, all_cells(127)).programming;
    EXPECT_EQ(facts.unconverged, n + 3) << "cells: two polarities outside count once";
    EXPECT_EQ(facts.pulses, n * n * 2 + 29 * (n + 4));
    EXPECT_EQ(facts.cycles, 17 * (n * 2 + 29 * 5)) << "word line and polarity: 1+ 3- 5+ 5- 9+";
}

TEST(WriteVerify, IsTheSameArrayAtEveryAge)
{
    config::TileConfig c = tile(5.0);
    const Conductances young = program_array(c, mixed_cells());
    c.device.age_s = 1e6;
    const Conductances old = program_array(c, mixed_cells());
    EXPECT_TRUE(young.g_pos == old.g_pos) << "no drift: as programmed";
    EXPECT_EQ(young.programming.pulses, old.programming.pulses);
}

}  // namespace
}  // namespace aimc::device
