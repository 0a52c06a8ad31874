// SPDX-License-Identifier: Apache-2.0
// Recorded ADC curves come out of the timed tile again, point by point.
#include "aimc/testbench/cycle_engine.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace aimc::test {
namespace {

config::TileConfig tile_with(const std::string& curves, config::ReadMode mode)
{
    config::TileConfig c;
    c.read.mode = mode;
    c.adc.curves = config::CurveSource::file;
    c.adc.curve_file = std::string(AIMC_SOURCE_DIR) + "/configs/curves/" + curves;
    return c;
}

void reproduces_every_point(const config::TileConfig& c, std::uint64_t columns)
{
    const testbench::ReplayResult r = testbench::replay_curves(c, best_simd_level());
    EXPECT_EQ(r.first_difference, "");
    EXPECT_EQ(r.reproduced, r.points);
    EXPECT_EQ(r.columns, columns);
    EXPECT_GT(r.points, r.columns);
    std::printf(
        "%llu of %llu points of %llu columns\n", static_cast<unsigned long long>(r.reproduced),
        static_cast<unsigned long long>(r.points), static_cast<unsigned long long>(r.columns));
}

TEST(Replay, HermesLikeCurvesComeBackInOnePhase)
{
    reproduces_every_point(tile_with("hermes_like_256.csv", config::ReadMode::one_phase), 256);
}

TEST(Replay, HermesLikeCurvesComeBackInFourPhase)
{
    reproduces_every_point(tile_with("hermes_like_256.csv", config::ReadMode::four_phase), 256);
}

TEST(Replay, OneMeasuredCurveComesBackWhenItIsRepeated)
{
    config::TileConfig c = tile_with("esp32_sweep.csv", config::ReadMode::one_phase);
    c.adc.few_curves = config::FewCurves::repeat;
    reproduces_every_point(c, 256);
}

TEST(Replay, OneMeasuredCurveComesBackInFourPhase)
{
    config::TileConfig c = tile_with("esp32_sweep.csv", config::ReadMode::four_phase);
    c.adc.few_curves = config::FewCurves::repeat;
    reproduces_every_point(c, 256);
}

TEST(Replay, NoiseMirrorRatioAndWordWidthOfTheTileDoNotDisturb)
{
    config::TileConfig c = tile_with("hermes_like_256.csv", config::ReadMode::one_phase);
    c.cols = 8;
    c.adc.sigma_lsb = 3.0;
    c.adc.current_ratio = 0.5;
    c.adc.count_bits = 4;
    c.adc.input_offset_sd_uA = 1.0;
    c.adc.rounding = config::Rounding::nearest;
    reproduces_every_point(c, 8);
}

}  // namespace
}  // namespace aimc::test
