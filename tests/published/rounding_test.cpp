// SPDX-License-Identifier: Apache-2.0
// What the cut and the rounding of the NMPU lane cost, in output LSB: the trial simulation that the
// default of the cut rests on gave sd 0.447 for (cut 5, round 1), 0.410 for (6, 0), 0.323 for (5,
// 0).
#include "aimc/nmpu/lane.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>

namespace {

using namespace aimc;

/// Sd of lane output minus the same affine map in exact arithmetic, over random counts and words.
double error_sd(int cut, int round_bits)
{
    config::NmpuConfig format;
    format.cut = cut;
    format.round_bits = round_bits;
    format.out_bits = 14;  // no saturation: only rounding is looked at
    const nmpu::Lane lane(format, 0, config::Activation::identity);
    std::mt19937_64 random(5);
    double sum = 0.0;
    double sum2 = 0.0;
    constexpr int n = 400'000;
    for (int i = 0; i < n; ++i) {
        const auto c_p = static_cast<std::int32_t>(random() % 400);
        const auto c_n = static_cast<std::int32_t>(random() % 400);
        const nmpu::AffineWords words{70 + static_cast<std::int32_t>(random() % 64),
                                      70 + static_cast<std::int32_t>(random() % 64),
                                      static_cast<std::int32_t>(random() % 64) - 32, 0};
        const double exact = (words.s_p * c_p - words.s_n * c_n) / 128.0 + words.o_p / 2.0;
        const double error = lane.compute(c_p, c_n, words).y - exact;
        sum += error;
        sum2 += error * error;
    }
    const double mean = sum / n;
    return std::sqrt(sum2 / n - mean * mean);
}

TEST(NmpuRounding, SdOfCutFiveRoundZeroIs0323)
{
    const double sd = error_sd(5, 0);
    std::printf("(5, 0): sd %.3f LSB, trial simulation 0.323\n", sd);
    EXPECT_NEAR(sd, 0.323, 0.02);
}

TEST(NmpuRounding, SdOfCutSixRoundZeroIs0410)
{
    const double sd = error_sd(6, 0);
    std::printf("(6, 0): sd %.3f LSB, trial simulation 0.410\n", sd);
    EXPECT_NEAR(sd, 0.410, 0.02);
}

TEST(NmpuRounding, SdOfCutFiveRoundOneIs0447)
{
    const double sd = error_sd(5, 1);
    std::printf("(5, 1): sd %.3f LSB, trial simulation 0.447\n", sd);
    EXPECT_NEAR(sd, 0.447, 0.02);
}

}  // namespace
