// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/pcm_fit.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace aimc::device {
namespace {

/// One column of the tables computed from the published code (aihwkit 4545f11), to printed digits.
struct Row {
    double g;
    std::array<double, 2> sd_uS, sd_percent, nu_sd, read;  ///< one device, two devices
    double nu_mean;
};
constexpr std::array<Row, 6> table{{
    {0.02, {0.203, 0.257}, {1.97, 1.24}, {0.04, 0.04}, {0.0343, 0.0389}, 0.130},
    {0.1, {0.369, 0.558}, {3.57, 2.69}, {0.0253, 0.0212}, {0.0218, 0.0200}, 0.0719},
    {0.25, {0.614, 0.889}, {5.94, 4.29}, {0.0143, 0.0105}, {0.0206, 0.0159}, 0.0677},
    {0.5, {0.865, 0.991}, {8.36, 4.79}, {0.0121, 0.0090}, {0.0217, 0.0167}, 0.0564},
    {0.75, {0.975, 0.912}, {9.42, 4.41}, {0.0098, 0.0076}, {0.0184, 0.0153}, 0.0396},
    {1.0, {1.008, 1.093}, {9.73, 5.28}, {0.0055, 0.0048}, {0.0168, 0.0123}, 0.0174},
}};

class PcmFitOf : public ::testing::TestWithParam<int> {
protected:
    PcmFit fit{GetParam()};
    std::size_t i = static_cast<std::size_t>(GetParam() - 1);
};
INSTANTIATE_TEST_SUITE_P(Devices, PcmFitOf, ::testing::Values(1, 2));

TEST_P(PcmFitOf, GivesEveryTabulatedProgrammingSd)
{
    for (const Row& row : table) {
        const Siemens sd = fit.programming_sd(row.g);
        EXPECT_NEAR(sd.si() * 1e6, row.sd_uS[i], 0.00051) << "g = " << row.g;
        EXPECT_NEAR(100.0 * (sd / fit.g_max()), row.sd_percent[i], 0.0051) << "g = " << row.g;
    }
}

TEST_P(PcmFitOf, GivesEveryTabulatedDriftExponent)
{
    for (const Row& row : table) {
        EXPECT_NEAR(fit.nu_mean(row.g), row.nu_mean, 0.000051) << "g = " << row.g;
        EXPECT_NEAR(fit.nu_sd(row.g), row.nu_sd[i], 0.000051) << "g = " << row.g;
    }
}

TEST_P(PcmFitOf, GivesEveryTabulatedReadNoise)
{
    for (const Row& row : table) {
        EXPECT_NEAR(fit.read_noise(row.g), row.read[i], 0.000051) << "g = " << row.g;
    }
}

TEST_P(PcmFitOf, CutsTheLogarithmAtZeroConductance)
{
    EXPECT_EQ(fit.nu_mean(0.0), 0.13);
    EXPECT_EQ(fit.nu_sd(0.0), 0.04);
    EXPECT_EQ(fit.read_noise(0.0), 0.04);
    EXPECT_EQ(fit.nu_mean(0.0), fit.nu_mean(1e-7));
}

TEST_P(PcmFitOf, ChangesBranchExactlyAtThePublishedLimits)
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

TEST(PcmFit, HasThePublishedRangesAndTimes)
{
    EXPECT_TRUE(PcmFit(1).g_max() == 10.35_uS);
    EXPECT_TRUE(PcmFit(2).g_max() == 20.7_uS);
    EXPECT_TRUE(PcmFit(1).t_0() == 200.0_s);
    EXPECT_TRUE(PcmFit(2).t_0() == 300.0_s);
}

TEST(ReadNoiseGrowth, GivesEveryTabulatedFactor)
{
    const Second t_read = 512.0_ns;
    EXPECT_NEAR(read_noise_growth(200.0_s, t_read), 4.369, 0.00051);
    EXPECT_NEAR(read_noise_growth(300.0_s, t_read), 4.415, 0.00051);
    EXPECT_NEAR(read_noise_growth(300.0_s + 3600.0_s, t_read), 4.697, 0.00051);
    EXPECT_NEAR(read_noise_growth(300.0_s + 86400.0_s, t_read), 5.016, 0.00051);
}

TEST(Drift, FollowsThePowerLaw)
{
    EXPECT_TRUE(drift(10.0_uS, 300.0_s, 300.0_s, 0.06) == 10.0_uS);
    EXPECT_NEAR(drift(10.0_uS, 3000.0_s, 300.0_s, 0.06).si(), 10e-6 * std::pow(10.0, -0.06), 1e-19);
    EXPECT_TRUE(drift(10.0_uS, 3000.0_s, 300.0_s, 0.0) == 10.0_uS);
}

}  // namespace
}  // namespace aimc::device
