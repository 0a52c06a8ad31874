// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/adc_sine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace aimc::converters {
namespace {

std::vector<CountKnot> ideal(int codes, double step = 1.0)
{
    return {{0.0, 0.0}, {step * (codes - 1), codes - 1.0}};
}

TEST(Sine, SamplesAreCoherentAndNoPhaseComesTwice)
{
    EXPECT_EQ(std::gcd(sine_samples, sine_periods), 1);
    EXPECT_LT(2 * sine_periods, sine_samples);
}

TEST(Sine, OfAnIdealConverterHasTheBitsOfItsCodes)
{
    for (const int bits : {6, 8, 10, 12}) {
        const auto m = measure_sine(ideal(1 << bits), 0.0);
        EXPECT_NEAR(m.enob, bits, 0.02) << bits << " bits";
        EXPECT_NEAR(m.amplitude, std::ldexp(1.0, bits - 1) - 0.5, 1e-9) << "full scale";
        EXPECT_NEAR(m.middle, std::ldexp(1.0, bits - 1), 1e-9);
    }
}

TEST(Sine, DoesNotDependOnTheUnitOfTheInput)
{
    EXPECT_NEAR(measure_sine(ideal(256, 0.003), 0.0).sinad_dB,
                measure_sine(ideal(256), 0.0).sinad_dB, 0.05);
}

TEST(Sine, NoisePowerIsAdded)
{
    // 1/12 of quantisation and 0.35^2: what facts call 6.35 bits of 7
    EXPECT_NEAR(measure_sine(ideal(128), 0.35).enob, 6.35, 0.02);
    EXPECT_NEAR(measure_sine(ideal(128), 0.35).enob, measure_curve(ideal(128), 1.0, 0.35).enob,
                0.02);
}

TEST(Sine, ThirdHarmonicOfACubicBowIsDistortion)
{
    // counts = 2048 + 2000 u + 40 (4 u^3 - 3 u), u = -1 .. 1: Chebyshev, a third harmonic of 40
    std::vector<CountKnot> knots;
    for (int j = 0; j <= 2000; ++j) {
        const double u = j / 1000.0 - 1.0;
        knots.push_back({u, 2048.0 + 2000.0 * u + 40.0 * (4.0 * u * u * u - 3.0 * u)});
    }
    EXPECT_NEAR(measure_sine(knots, 0.0).sinad_dB, 20.0 * std::log10(2000.0 / 40.0), 0.1);
}

TEST(Sine, DeadCurveHasNone)
{
    EXPECT_TRUE(std::isnan(measure_sine({{0, 7}, {9, 7}}, 0.0).enob));
    EXPECT_TRUE(std::isnan(measure_sine({}, 0.0).sinad_dB));
}

}  // namespace
}  // namespace aimc::converters
