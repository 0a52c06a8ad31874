// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/adc_metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::converters {
namespace {

/// counts = gain * i + offset over 256 uA at one count per uA, clipped to 0 .. 255 by its knots.
std::vector<CountKnot> line(double gain, double offset)
{
    return {{std::max(-offset, 0.0) / gain, std::max(offset, 0.0)},
            {(255.0 - offset) / gain, 255.0}};
}

/// A bow of `size` counts around a line, in straight pieces; the same at both ends.
std::vector<CountKnot> bowed(double gain, double offset, double size)
{
    std::vector<CountKnot> knots;
    for (int j = 0; j <= 16; ++j) {
        const double u = j / 16.0;
        knots.push_back({200.0 * u, gain * 200.0 * u + offset + size * 4.0 * u * (1.0 - u)});
    }
    return knots;
}

TEST(AdcMetrics, IdealEightBitCurveHasNoErrorAndEightBits)
{
    const auto m = measure_curve(line(1.0, 0.0), 1.0, 0.0);
    EXPECT_EQ(m.first_code, 0);
    EXPECT_EQ(m.last_code, 255);
    EXPECT_EQ(m.missing_codes, 0);
    EXPECT_TRUE(m.monotone);
    EXPECT_NEAR(m.enob, 8.0, 1e-9);
    for (const LineMetrics& fit : {m.end_point, m.best_fit}) {
        EXPECT_NEAR(fit.gain, 1.0, 1e-12);
        EXPECT_NEAR(fit.offset, 0.0, 1e-9);
        EXPECT_NEAR(fit.inl.largest().value, 0.0, 1e-9);
        EXPECT_NEAR(fit.dnl.largest().value, 0.0, 1e-9);
        EXPECT_NEAR(fit.inl_rms, 0.0, 1e-9);
    }
}

TEST(AdcMetrics, ReportGainAndOffsetAsSuchAndKeepInl)
{
    for (const double offset : {3.0, -3.0, 0.5}) {
        const auto m = measure_curve(line(1.02, offset), 1.0, 0.0);
        for (const LineMetrics& fit : {m.end_point, m.best_fit}) {
            EXPECT_NEAR(fit.gain, 1.02, 1e-12);
            EXPECT_NEAR(fit.offset, offset, 1e-9);
            EXPECT_NEAR(fit.inl.largest().value, 0.0, 1e-9);
            EXPECT_NEAR(fit.dnl.largest().value, 0.0, 1e-9);
        }
    }
    EXPECT_NEAR(measure_curve(line(1.02, 0.0), 2.0, 0.0).best_fit.gain, 0.51, 1e-12)
        << "gain is relative to nominal";
}

TEST(AdcMetrics, TransitionsAreWhereTheFloorSteps)
{
    // flat at 0, a ramp of 2 counts per uA, flat at 3 (a wide code), up to 4 and held
    const std::vector<CountKnot> knots{{0, 0}, {1, 0}, {2.5, 3}, {4.5, 3}, {5.5, 4}, {9, 4}};
    EXPECT_EQ(transition_levels(knots), (std::vector<double>{1.5, 2.0, 2.5, 5.5}));
    EXPECT_TRUE(transition_levels({{0, 5.2}, {10, 5.9}}).empty()) << "one code has no transition";
    EXPECT_TRUE(transition_levels({}).empty());
}

TEST(AdcMetrics, AKnotAHairBelowAWholeNumberReachesItAsInTheConverter)
{
    EXPECT_EQ(transition_levels({{0, 0}, {2, 2 - 1e-9}}).size(), 2U);
    EXPECT_EQ(transition_levels({{0, 0}, {2, 2 - 0.01}}).size(), 1U);
}

TEST(AdcMetrics, DnlAndInlOfFourTransitionsAreAsWorkedByHand)
{
    // levels 1, 2, 4, 5: code 2 is twice as wide as the others
    const std::vector<CountKnot> knots{{0, 0}, {2, 2}, {4, 3}, {5, 4}};
    const auto m = measure_curve(knots, 1.0, 0.0);
    // end points: counts = 0.75 i + 0.25; k - line = 0, 0.25, -0.25, 0
    EXPECT_NEAR(m.end_point.gain, 0.75, 1e-12);
    EXPECT_NEAR(m.end_point.offset, 0.25, 1e-12);
    EXPECT_NEAR(std::fabs(m.end_point.inl.largest().value), 0.25, 1e-12);
    EXPECT_NEAR(m.end_point.dnl.largest().value, 0.5, 1e-12);
    EXPECT_EQ(m.end_point.dnl.largest().code, 2);
    // least squares: slope 7 / 10 through (3, 2.5); k - line = -0.1, 0.2, -0.2, 0.1
    EXPECT_NEAR(m.best_fit.gain, 0.7, 1e-12);
    EXPECT_NEAR(m.best_fit.offset, 0.4, 1e-12);
    EXPECT_NEAR(std::fabs(m.best_fit.inl.largest().value), 0.2, 1e-12);
    EXPECT_NEAR(m.best_fit.inl_rms, std::sqrt(0.1 / 4), 1e-12);
    EXPECT_NEAR(m.best_fit.dnl.largest().value, 0.4, 1e-12);
    EXPECT_EQ(m.best_fit.dnl.largest().code, 2);
    EXPECT_NEAR(m.enob, std::log2(5.0) - 0.5 * std::log2(1.0 + 12 * 0.025), 1e-12);
}

TEST(AdcMetrics, InlIsPositiveWhereTheCountRunsAhead)
{
    EXPECT_GT(measure_curve(bowed(1.0, 0.0, 5.0), 1.0, 0.0).end_point.inl.largest().value, 4.5);
    EXPECT_LT(measure_curve(bowed(1.0, 0.0, -5.0), 1.0, 0.0).end_point.inl.largest().value, -4.5);
}

TEST(AdcMetrics, ASkippedCodeIsMissingWithDnlMinusOne)
{
    const std::vector<CountKnot> jump{{0, 0}, {100, 100}, {100, 101}, {255, 255 + 1}};
    const auto m = measure_curve(jump, 1.0, 0.0);
    EXPECT_EQ(m.missing_codes, 1);
    EXPECT_NEAR(m.best_fit.dnl.largest().value, -1.0, 1e-9);
    EXPECT_EQ(m.best_fit.dnl.largest().code, 100);
    EXPECT_EQ(missing_code_dnl, -0.9);
}

TEST(AdcMetrics, FallingCurveIsNotMonotone)
{
    EXPECT_FALSE(measure_curve({{0, 0}, {5, 5}, {6, 4}, {12, 10}}, 1.0, 0.0).monotone);
    EXPECT_EQ(measure_curve({{0, 0}, {5, 5}, {6, 4}, {12, 10}}, 1.0, 0.0).last_code, 10);
    EXPECT_TRUE(measure_curve({{0, 0}, {5, 5}, {6, 5}, {12, 10}}, 1.0, 0.0).monotone);
}

TEST(AdcMetrics, NoiseLowersTheEnob)
{
    const std::vector<CountKnot> seven_bits{{0, 0}, {127, 127}};
    EXPECT_NEAR(measure_curve(seven_bits, 1.0, 0.35).enob, 6.35, 0.02);
    EXPECT_NEAR(measure_curve(seven_bits, 1.0, 0.0).enob, 7.0, 1e-9);
}

TEST(AdcMetrics, DeadCurveHasNoLineAndDoesNotSpoilTheSummary)
{
    const auto dead = measure_curve({{0, 0}, {94, 0}}, 4.48, 0.0);
    EXPECT_TRUE(std::isnan(dead.best_fit.gain));
    EXPECT_TRUE(std::isnan(dead.enob));
    EXPECT_EQ(dead.best_fit.inl.largest().code, -1);
    EXPECT_TRUE(std::isnan(measure_curve({}, 1.0, 0.0).enob));
    const auto s = summarise({dead, measure_curve(line(1.02, 3.0), 1.0, 0.0),
                              measure_curve(line(0.98, -1.0), 1.0, 0.0)});
    EXPECT_EQ(s.columns, 3U);
    EXPECT_NEAR(s.best_fit.gain.min, 0.98, 1e-9);
    EXPECT_NEAR(s.best_fit.gain.mean, 1.0, 1e-9);
    EXPECT_NEAR(s.best_fit.gain.max, 1.02, 1e-9);
    EXPECT_NEAR(s.end_point.offset.mean, 1.0, 1e-9);
    EXPECT_TRUE(std::isnan(summarise({}).enob.mean));
}

TEST(MetricsSummary, TakesInlAndDnlByMagnitude)
{
    const auto s = summarise({measure_curve(bowed(1.0, 0.0, 5.0), 1.0, 0.0),
                              measure_curve(bowed(1.0, 0.0, -3.0), 1.0, 0.0)});
    EXPECT_GT(s.end_point.inl.min, 2.5);
    EXPECT_LT(s.end_point.inl.min, s.end_point.inl.max);
    EXPECT_EQ(s.not_monotone, 0U);
}

TEST(AffineCorrection, ZeroesGainAndOffsetAndLeavesBestFitInlAndDnl)
{
    for (const double size : {5.0, -7.0, 0.0}) {
        const auto curve = bowed(0.93, 6.5, size);
        const auto before = measure_curve(curve, 1.0, 0.3);
        const double scale = 1.0 / before.best_fit.gain;
        const auto after = measure_curve(curve, 1.0, 0.3, {scale, -scale * before.best_fit.offset});
        EXPECT_NEAR(after.best_fit.gain, 1.0, 1e-12);
        EXPECT_NEAR(after.best_fit.offset, 0.0, 1e-9);
        EXPECT_NEAR(after.best_fit.inl.largest().value, before.best_fit.inl.largest().value, 1e-12);
        EXPECT_NEAR(after.best_fit.dnl.largest().value, before.best_fit.dnl.largest().value, 1e-12);
        EXPECT_EQ(after.missing_codes, before.missing_codes);
        EXPECT_NEAR(after.enob, before.enob, 1e-12);
    }
}

TEST(AffineCorrection, IsWhatAFitThroughTheCorrectedCodesFinds)
{
    // independent of the metrics: regress scale * k + offset on the levels
    const auto curve = bowed(0.93, 6.5, 5.0);
    const CountAffine correction{1.3, -2.0};
    const auto levels = transition_levels(curve);
    const auto m = measure_curve(curve, 1.0, 0.0, correction);
    double st = 0.0, sy = 0.0, stt = 0.0, sty = 0.0;
    const auto n = static_cast<double>(levels.size());
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const double y = correction.scale * (m.first_code + 1.0 + static_cast<double>(i)) - 2.0;
        st += levels[i];
        sy += y;
        stt += levels[i] * levels[i];
        sty += levels[i] * y;
    }
    const double slope = (n * sty - st * sy) / (n * stt - st * st);
    EXPECT_NEAR(m.best_fit.gain, slope, 1e-9);
    EXPECT_NEAR(m.best_fit.offset, (sy - slope * st) / n, 1e-6);
}

TEST(AffineCorrection, OfTheInputSideGivesTheSameFigures)
{
    const auto curve = bowed(0.93, 6.5, 5.0);
    const auto before = measure_curve(curve, 1.0, 0.0);
    auto moved = curve;  // the input that an ideal converter would have seen
    for (auto& k : moved) { k.i_uA = before.best_fit.gain * k.i_uA + before.best_fit.offset; }
    const auto after = measure_curve(moved, 1.0, 0.0);
    EXPECT_NEAR(after.best_fit.gain, 1.0, 1e-12);
    EXPECT_NEAR(after.best_fit.offset, 0.0, 1e-9);
    EXPECT_NEAR(after.best_fit.inl.largest().value, before.best_fit.inl.largest().value, 1e-9);
    EXPECT_NEAR(after.best_fit.dnl.largest().value, before.best_fit.dnl.largest().value, 1e-9);
}

TEST(AffineCorrection, LeavesEveryExtremeOfTheFitWithinOneBillionth)
{
    const auto curve = bowed(0.93, 6.5, -7.0);
    const auto before = measure_curve(curve, 1.0, 0.0);
    const auto after = measure_curve(curve, 1.0, 0.0, correction_of(before.best_fit));
    EXPECT_NEAR(after.best_fit.gain, 1.0, 1e-9);
    EXPECT_NEAR(after.best_fit.offset, 0.0, 1e-9);
    for (const auto which : {&Extremes::min, &Extremes::max}) {
        EXPECT_NEAR((after.best_fit.inl.*which).value, (before.best_fit.inl.*which).value, 1e-9);
        EXPECT_NEAR((after.best_fit.dnl.*which).value, (before.best_fit.dnl.*which).value, 1e-9);
    }
    EXPECT_NEAR(after.best_fit.inl_rms, before.best_fit.inl_rms, 1e-9);
    EXPECT_GT(std::fabs(before.data_sheet.absolute_accuracy.value), 8.0);
    // what remains is the curve's own INL, in nominal counts
    EXPECT_NEAR(std::fabs(after.data_sheet.absolute_accuracy.value),
                std::fabs(before.best_fit.inl.largest().value) / before.best_fit.gain, 1e-9);
}

TEST(AffineCorrection, OfTheOffsetAloneLeavesTheGain)
{
    const auto after = measure_curve(line(1.02, 3.0), 1.0, 0.0, {1.0, -3.0});
    EXPECT_NEAR(after.best_fit.gain, 1.02, 1e-9);
    EXPECT_NEAR(after.best_fit.offset, 0.0, 1e-9);
}

TEST(DataSheet, OffsetIsOfTheFirstTransitionAndGainOfTheLast)
{
    // gain 1.02, offset 3: T[k] = (k - 3) / 1.02, k = 4 .. 255
    const auto m = measure_curve(line(1.02, 3.0), 1.0, 0.0);
    EXPECT_NEAR(m.data_sheet.offset, 4.0 - 1.0 / 1.02, 1e-9);
    EXPECT_NEAR(m.data_sheet.gain, 255.0 - 252.0 / 1.02 - (4.0 - 1.0 / 1.02), 1e-9);
    EXPECT_NEAR(m.data_sheet.absolute_accuracy.value, 255.0 - 252.0 / 1.02, 1e-9);
    EXPECT_EQ(m.data_sheet.absolute_accuracy.code, 255);
    EXPECT_NEAR(m.measured_lsb, 1.0 / 1.02, 1e-12);
}

TEST(DataSheet, IdealLevelsAreThoseOfTheSameKindOfCounter)
{
    for (const auto rounding : {config::Rounding::floor, config::Rounding::nearest}) {
        const auto m = measure_curve({{0, 0}, {255.75, 255.75}}, 1.0, 0.0, {}, rounding);
        EXPECT_EQ(m.last_code, rounding == config::Rounding::floor ? 255 : 256);
        EXPECT_NEAR(m.data_sheet.offset, 0.0, 1e-9);
        EXPECT_NEAR(m.data_sheet.gain, 0.0, 1e-9);
        EXPECT_NEAR(m.best_fit.offset, 0.0, 1e-9);
        EXPECT_NEAR(m.enob, m.bits, 1e-9);
    }
    const auto nearest = transition_levels({{0, 0}, {3, 3}}, config::Rounding::nearest);
    ASSERT_EQ(nearest.size(), 3U);
    EXPECT_NEAR(nearest.front(), 0.5, 1e-12) << "the first transition of a data sheet";
    EXPECT_NEAR(nearest.back(), 2.5, 1e-12) << "full scale (4) - 1.5 LSB";
}

TEST(Deviations, AreTheValuesBehindTheExtremes)
{
    const auto curve = bowed(0.93, 6.5, 5.0);
    const auto m = measure_curve(curve, 1.25, 0.0);
    const auto d = deviations_from(m.end_point, curve, 1.25);
    ASSERT_EQ(d.inl.size(), static_cast<std::size_t>(m.last_code - m.first_code));
    ASSERT_EQ(d.dnl.size(), d.inl.size() - 1) << "the two end codes have no width";
    const auto at = [&](const Extreme& e) {
        return static_cast<std::size_t>(e.code - m.first_code - 1);
    };
    EXPECT_EQ(d.inl[at(m.end_point.inl.max)], m.end_point.inl.max.value);
    EXPECT_EQ(d.dnl[at(m.end_point.dnl.min)], m.end_point.dnl.min.value);
    EXPECT_NEAR(d.inl.front(), 0.0, 1e-9);
    EXPECT_NEAR(d.inl.back(), 0.0, 1e-9);
    const std::vector<CountKnot> dead{{0, 0}, {9, 0}};
    EXPECT_TRUE(deviations_from(measure_curve(dead, 1.0, 0.0).best_fit, dead, 1.0).inl.empty());
}

TEST(CountsOverWindow, AddTheFreeRunningOffsetAndClipAtBothEnds)
{
    const std::vector<Knot> curve{{0.0, 0.0}, {94.0, 3.0}};  // 300 counts in 100 cycles
    const auto up = counts_over_window(curve, 30.0, 100);
    ASSERT_EQ(up.size(), 3U);
    EXPECT_EQ(up[0].counts, 30.0);
    EXPECT_NEAR(up[1].i_uA, 84.6, 1e-9);
    EXPECT_EQ(up[1].counts, 300.0);
    EXPECT_EQ(up[2].counts, 300.0);
    const auto down = counts_over_window(curve, -30.0, 100);
    ASSERT_EQ(down.size(), 3U);
    EXPECT_EQ(down[0].counts, 0.0);
    EXPECT_NEAR(down[1].i_uA, 9.4, 1e-9);
    EXPECT_EQ(down[1].counts, 0.0);
    EXPECT_EQ(down[2].counts, 270.0);
    EXPECT_NEAR(measure_curve(down, 300.0 / 94.0, 0.0).best_fit.offset, -30.0, 1e-9);
    EXPECT_TRUE(counts_over_window({}, 1.0, 100).empty());
}

}  // namespace
}  // namespace aimc::converters
