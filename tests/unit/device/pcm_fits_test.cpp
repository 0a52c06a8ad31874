// SPDX-License-Identifier: Apache-2.0
// What the tables of tests/published/device_test.cpp do not show: limits, branches, times.
#include "aimc/device/pcm_fits.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::device {
namespace {

class HermesFitOf : public ::testing::TestWithParam<int> {
protected:
    HermesFit fit{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Devices, HermesFitOf, ::testing::Values(1, 2));

TEST_P(HermesFitOf, CutsTheLogarithmAtZeroConductance)
{
    EXPECT_EQ(fit.nu_mean(0.0), 0.13);
    EXPECT_EQ(fit.nu_sd(0.0), 0.04);
    EXPECT_EQ(fit.read_noise(0.0), 0.04);
    EXPECT_EQ(fit.nu_mean(0.0), fit.nu_mean(1e-7));
}

TEST_P(HermesFitOf, ChangesBranchExactlyAtThePublishedLimits)
{
    // below: the logarithm's clamp or value; at the limit: the polynomial
    const double nu_limit = GetParam() == 1 ? 0.3039 : 0.3055;
    const double read_limit = GetParam() == 1 ? 0.1591 : 0.16;
    const double below = 1.0 - 1e-12;
    EXPECT_EQ(fit.nu_sd(nu_limit * below), GetParam() == 1 ? 0.0124 : 0.0091);
    EXPECT_NE(fit.nu_sd(nu_limit), fit.nu_sd(nu_limit * below));
    EXPECT_NE(fit.read_noise(read_limit), fit.read_noise(read_limit * below));
    EXPECT_NEAR(fit.nu_mean(0.0945 * below), -0.0387 * std::log(0.0945) - 0.0182, 1e-12);
    EXPECT_NEAR(fit.nu_mean(0.0945), 0.0736 - 0.0126 * 0.0945 - 0.0436 * 0.0945 * 0.0945, 1e-15);
}

TEST(HermesFit, HasThePublishedRangesAndTimes)
{
    EXPECT_TRUE(HermesFit(1).g_max() == 10.35_uS);
    EXPECT_TRUE(HermesFit(2).g_max() == 20.7_uS);
    EXPECT_TRUE(HermesFit(1).t_0() == 200.0_s);
    EXPECT_TRUE(HermesFit(2).t_0() == 300.0_s);
}

TEST(PcmLikeFit, HasThePublishedRangesAndTimes)
{
    const PcmLikeFit fit;
    EXPECT_TRUE(fit.g_max() == 25.0_uS);
    EXPECT_TRUE(fit.t_0() == 20.0_s);
    EXPECT_TRUE(fit.t_read() == 250.0_ns);
    EXPECT_TRUE(PcmLikeFit(100.0_ns).t_read() == 100.0_ns);
}

TEST(PcmLikeFit, CapsWhatDivergesAtZeroConductance)
{
    const PcmLikeFit fit;
    EXPECT_EQ(fit.nu_mean(0.0), 0.1);
    EXPECT_EQ(fit.nu_sd(0.0), 0.045);
    EXPECT_EQ(fit.read_noise(0.0), 0.2);
    EXPECT_LT(fit.read_noise(0.009), 0.2) << "the cap ends at g = 0.00819";
    EXPECT_NEAR(fit.read_noise(1.5), 0.0088 / std::pow(1.5, 0.65), 1e-12) << "goes on beyond g = 1";
}

config::TileConfig tile_of(config::DeviceModel model)
{
    config::TileConfig tile;
    tile.device.model = model;
    return tile;
}

TEST(MakeFit, HermesAveragesOverTheWholeRead)
{
    config::TileConfig tile = tile_of(config::DeviceModel::hermes);
    EXPECT_NEAR(make_fit(tile)->t_read().si(), 128e-9, 1e-21);
    tile.read.mode = config::ReadMode::four_phase;
    EXPECT_NEAR(make_fit(tile)->t_read().si(), 512e-9, 1e-21);
    tile.device.devices_per_polarity = 1;
    EXPECT_TRUE(make_fit(tile)->g_max() == 10.35_uS);
}

TEST(MakeFit, TakesTheReadTimeThatIsGiven)
{
    for (const auto model : {config::DeviceModel::hermes, config::DeviceModel::pcm_like}) {
        config::TileConfig tile = tile_of(model);
        tile.device.t_read_ns = 1000.0;
        EXPECT_NEAR(make_fit(tile)->t_read().si(), 1e-6, 1e-20);
    }
    EXPECT_TRUE(make_fit(tile_of(config::DeviceModel::pcm_like))->t_read() == 250.0_ns);
}

TEST(MakeFit, IdealDeviceHasNoSpread)
{
    const auto fit = make_fit(tile_of(config::DeviceModel::ideal));
    EXPECT_TRUE(fit->g_max() == 25.0_uS);
    EXPECT_TRUE(fit->programming_sd(0.5) == Siemens{});
    EXPECT_EQ(fit->nu_mean(0.5), 0.0);
    EXPECT_EQ(fit->nu_sd(0.5), 0.0);
    EXPECT_EQ(fit->read_noise(0.5), 0.0);
}

TEST(ReadNoiseGrowth, GrowsWithTheRootOfTheLogarithm)
{
    const Second t_read = 512.0_ns;
    EXPECT_NEAR(read_noise_growth(300.0_s, t_read), std::sqrt(std::log(300.0 / 1024e-9 + 0.5)),
                1e-13);
    EXPECT_GT(read_noise_growth(3900.0_s, t_read), read_noise_growth(300.0_s, t_read));
    EXPECT_GT(read_noise_growth(300.0_s, 128.0_ns), read_noise_growth(300.0_s, t_read));
    EXPECT_EQ(read_noise_growth(t_read, t_read), 0.0);
}

TEST(Drift, FollowsThePowerLaw)
{
    EXPECT_TRUE(drift(10.0_uS, 300.0_s, 300.0_s, 0.06) == 10.0_uS);
    EXPECT_NEAR(drift(10.0_uS, 3000.0_s, 300.0_s, 0.06).si(), 10e-6 * std::pow(10.0, -0.06), 1e-19);
    EXPECT_TRUE(drift(10.0_uS, 3000.0_s, 300.0_s, 0.0) == 10.0_uS);
}

}  // namespace
}  // namespace aimc::device
