// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/grid_array.h"

#include "../../support/tiny_tile.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::crossbar {
namespace {

/// One row of conductances in steps of the 100-nS grid; no noise.
device::Conductances row_of(const std::vector<double>& g_pos, const std::vector<double>& g_neg)
{
    const std::size_t n = g_pos.size();
    device::Conductances out;
    out.g_pos = out.g_neg = out.sigma_pos = out.sigma_neg = Matrix<double>(1, n);
    for (std::size_t c = 0; c < n; ++c) {
        out.g_pos.data()[c] = g_pos[c] * 100e-9;
        out.g_neg.data()[c] = g_neg[c] * 100e-9;
    }
    return out;
}

std::vector<int> raw(const Matrix<ConductanceLsb>& m)
{
    std::vector<int> out;
    for (const auto g : m.data()) { out.push_back(g.raw); }
    return out;
}

TEST(GridArray, RoundsConductancesToTheNearestStep)
{
    const auto grid = to_grid(test::tiny_tile(), row_of({0.0, 0.49, 0.51, 1.49, 126.51},  //
                                                        {3.0, 0.0, 0.0, 1.51, 0.0}));
    EXPECT_EQ(raw(grid.g_pos), (std::vector<int>{0, 0, 1, 1, 127}));
    EXPECT_EQ(raw(grid.g_neg), (std::vector<int>{3, 0, 0, 2, 0}));
    EXPECT_EQ(grid.clips, 0U);
    EXPECT_EQ(grid.noise_lsb, 0.0);
}

TEST(GridArray, HoldsAndCountsWhatIsBeyondTheGrid)
{
    const auto grid = to_grid(test::tiny_tile(), row_of({32767.0, 32768.0, 1e9}, {0.0, 0.0, 4e4}));
    EXPECT_EQ(raw(grid.g_pos), (std::vector<int>{32767, 32767, 32767}));
    EXPECT_EQ(raw(grid.g_neg), (std::vector<int>{0, 0, 32767}));
    EXPECT_EQ(grid.clips, 3U);
}

TEST(GridArray, KeepsReadNoiseVarianceInStepsOfTheLargest)
{
    auto g = row_of({10.0, 10.0, 10.0}, {0.0, 0.0, 0.0});
    g.sigma_pos.data() = {2.0 * 100e-9, 1.0 * 100e-9, 0.0};
    g.sigma_neg.data() = {0.0, 0.0, 0.5 * 100e-9};
    const auto grid = to_grid(test::tiny_tile(), g);
    EXPECT_DOUBLE_EQ(grid.noise_lsb, 4.0 / noise_steps);
    EXPECT_EQ(grid.noise_pos.data(), (std::vector<std::uint16_t>{4095, 1024, 0}));
    EXPECT_EQ(grid.noise_neg.data(), (std::vector<std::uint16_t>{0, 0, 256}));
}

TEST(GridArray, DrawsAsymmetryPerColumnFromMeanAndSd)
{
    config::TileConfig c = test::tiny_tile();
    const auto cells = row_of(std::vector<double>(4096, 1.0), std::vector<double>(4096, 1.0));
    for (const double a : to_grid(c, cells).asymmetry) { ASSERT_EQ(a, 0.0); }
    c.device.polarity_asymmetry_mean = 0.05;
    c.device.polarity_asymmetry_sd = 0.01;
    double mean = 0.0;
    double square = 0.0;
    for (const double a : to_grid(c, cells).asymmetry) {
        mean += a / 4096;
        square += (a - 0.05) * (a - 0.05) / 4096;
    }
    EXPECT_NEAR(mean, 0.05, 4 * 0.01 / 64);
    EXPECT_NEAR(std::sqrt(square), 0.01, 4 * 0.01 / std::sqrt(2.0 * 4096));
}

TEST(GridArray, AsymmetryNeverCutsTheNoiseOfAOnePhaseRead)
{
    config::TileConfig c = test::tiny_tile();
    c.device.polarity_asymmetry_mean = 0.5;
    auto g = row_of({20.0}, {20.0});
    g.sigma_pos.data() = {1.0 * 100e-9};
    g.sigma_neg.data() = {4.0 * 100e-9};
    const auto grid = to_grid(c, g);
    const double stretched = grid.noise_pos.data()[0] + 1.5 * 1.5 * grid.noise_neg.data()[0];
    EXPECT_LE(stretched, noise_steps);
    EXPECT_NEAR(stretched * grid.noise_lsb, 1.0 + 1.5 * 1.5 * 16.0, 0.02);
}

TEST(GridArray, LargestCurrentBoundsEveryColumn)
{
    const auto quiet = to_grid(test::tiny_tile(), row_of({5.0, 7.0}, {3.0, 9.0}));
    EXPECT_GE(quiet.largest_current(), 16);
    EXPECT_LE(quiet.largest_current(), 17);
    auto noisy = row_of({5.0, 7.0}, {3.0, 9.0});
    noisy.sigma_pos.data() = {0.0, 300e-9};
    EXPECT_GE(to_grid(test::tiny_tile(), noisy).largest_current(), 16 + 19) << "6.3 sigma of 3";
}

TEST(GridArray, OneStepOfCurrentIsOneStepOfConductanceAtTheReadVoltage)
{
    config::CrossbarConfig c;
    EXPECT_DOUBLE_EQ(current_lsb_uA(c), 0.0008);
    c.g_lsb_nS = 100.0;
    EXPECT_DOUBLE_EQ(current_lsb_uA(c), 0.02);
}

}  // namespace
}  // namespace aimc::crossbar
