// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/curves.h"

#include "aimc/base/error.h"

#include "../../support/tiny_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace aimc::converters {
namespace {

const std::string curve_folder = std::string(AIMC_SOURCE_DIR) + "/configs/curves/";

/// A tile of `cols` columns with the converters of the HERMES core.
config::TileConfig hermes(std::size_t cols, config::CurveSource source)
{
    config::TileConfig c;
    c.cols = cols;
    c.adc.curves = source;
    return c;
}

TEST(IdealCurve, IsTheNominalGainUpToTheCeiling)
{
    const auto curves = make_curves(hermes(3, config::CurveSource::ideal), 1000.0);
    ASSERT_EQ(curves.columns.size(), 3U);
    EXPECT_EQ(curves.origin, "ideal");
    EXPECT_TRUE(curves.has_ceiling);
    const auto& knots = curves.columns[2].neg;
    ASSERT_EQ(knots.size(), 2U);
    EXPECT_EQ(knots[0].rate, 0.0);
    EXPECT_EQ(knots[1].i_uA, 94.0);
    EXPECT_DOUBLE_EQ(knots[1].rate, 3.29);  // 35 MHz/uA x 94 uA at 1 GHz
}

TEST(IdealCurve, EndsWhereTheArrayDoesWithoutACeiling)
{
    const auto curves = make_curves(test::tiny_tile(), 10.0);
    EXPECT_FALSE(curves.has_ceiling);
    EXPECT_EQ(curves.columns[0].pos[1].i_uA, 10.0);
    EXPECT_DOUBLE_EQ(curves.columns[0].pos[1].rate, 500.0);
}

TEST(IdealCurve, CountsPerCycleFollowTheClock)
{
    config::TileConfig c = hermes(1, config::CurveSource::ideal);
    c.t_clk_ps = 2000;
    EXPECT_DOUBLE_EQ(make_curves(c, 1.0).columns[0].pos[1].rate, 6.58);
}

TEST(ParametricCurves, HaveTheConfiguredSpread)
{
    constexpr std::size_t n = 8192;
    config::TileConfig c = hermes(n, config::CurveSource::parametric);
    c.adc.parametric.s_shape_counts = 0.0;
    const auto curves = make_curves(c, 1000.0);
    EXPECT_EQ(curves.origin, "synthetic");
    double gain = 0.0, gain2 = 0.0, other2 = 0.0, offset = 0.0, offset2 = 0.0, cross = 0.0;
    const double nominal = 35e-3 * 94.0 / 8;  // at the first of eight segments
    for (const auto& column : curves.columns) {
        const double p = column.pos[1].rate / nominal - 1.0;
        const double q = column.neg[1].rate / nominal - 1.0;
        EXPECT_LE(std::fabs(p), 0.21 + 1e-12);
        gain += p / n;
        gain2 += p * p / n;
        cross += p * q / n;
        other2 += q * q / n;
        offset += column.offset_pos / n;
        offset2 += column.offset_pos * column.offset_pos / n;
    }
    const double root = std::sqrt(static_cast<double>(n));
    EXPECT_NEAR(gain, 0.0, 4 * 0.0709 / root);
    EXPECT_NEAR(std::sqrt(gain2), 0.0709, 0.0709 * 0.03);
    EXPECT_NEAR(std::sqrt(other2), 0.0709, 0.0709 * 0.03);
    EXPECT_NEAR(cross / gain2, 0.5, 0.05) << "correlation of the two polarities";
    EXPECT_NEAR(offset, 0.0, 4 * 2.0 / root);
    EXPECT_NEAR(std::sqrt(offset2), 2.0, 2.0 * 0.03);
}

TEST(ParametricCurves, NeverFallAndNeverPassTheCeiling)
{
    const auto curves = make_curves(hermes(512, config::CurveSource::parametric), 1000.0);
    for (const auto& column : curves.columns) {
        for (const auto* knots : {&column.pos, &column.neg}) {
            for (std::size_t j = 1; j < knots->size(); ++j) {
                EXPECT_GT((*knots)[j].i_uA, (*knots)[j - 1].i_uA);
                EXPECT_GE((*knots)[j].rate, (*knots)[j - 1].rate);
            }
            EXPECT_LE(knots->back().rate, 35e-3 * 94.0);
        }
    }
}

TEST(ParametricCurves, BelongToTheChipNotToTheRead)
{
    config::TileConfig c = hermes(4, config::CurveSource::parametric);
    const double base = make_curves(c, 1.0).columns[1].pos[1].rate;
    c.seed.read = 5;
    EXPECT_EQ(make_curves(c, 1.0).columns[1].pos[1].rate, base);
    c.seed.device = 5;
    EXPECT_NE(make_curves(c, 1.0).columns[1].pos[1].rate, base);
}

TEST(FileCurves, AreScaledToCurrentAndRate)
{
    config::TileConfig c = hermes(1, config::CurveSource::file);
    c.adc.curve_file = curve_folder + "esp32_sweep.csv";
    const auto curves = make_curves(c, 1.0);
    EXPECT_EQ(curves.origin, "measured");
    const auto& knots = curves.columns[0].pos;
    ASSERT_EQ(knots.size(), 33U);
    EXPECT_DOUBLE_EQ(knots[2].i_uA, 0.216 / 3.3 * 94.0);
    EXPECT_DOUBLE_EQ(knots[2].rate, 108.0 / 128.0);
    EXPECT_EQ(curves.columns[0].neg.size(), 33U) << "polarity both";
}

TEST(FileCurves, TooFewAreRejectedOrRepeated)
{
    config::TileConfig c = hermes(3, config::CurveSource::file);
    c.adc.curve_file = curve_folder + "esp32_sweep.csv";
    EXPECT_THROW(make_curves(c, 1.0), InputError);
    c.adc.few_curves = config::FewCurves::repeat;
    const auto curves = make_curves(c, 1.0);
    EXPECT_EQ(curves.columns[2].pos[5].rate, curves.columns[0].pos[5].rate);
}

TEST(InputOffset, IsDrawnForEveryKindOfCurve)
{
    config::TileConfig c = hermes(4096, config::CurveSource::ideal);
    c.adc.input_offset_sd_uA = 0.5;
    double square = 0.0;
    for (const auto& column : make_curves(c, 1.0).columns) {
        square += column.input_offset_uA * column.input_offset_uA / 4096;
    }
    EXPECT_NEAR(std::sqrt(square), 0.5, 0.025);
}

PhysicalCurves one_curve(std::vector<Knot> knots)
{
    PhysicalCurves curves;
    curves.columns.resize(1);
    curves.columns[0].pos = curves.columns[0].neg = std::move(knots);
    return curves;
}

TEST(CurveTable, PutsKnotsOnTheGrid)
{
    // rates below 4 counts per cycle leave 29 fraction bits
    const auto table = to_table(one_curve({{0.0, 0.0}, {1.0, 1.0}, {3.0, 3.5}}), 0.01, 1.0);
    constexpr std::int32_t one = 1 << 29;
    EXPECT_EQ(table.fraction, 29);
    EXPECT_EQ(table.knots, 3U);
    EXPECT_EQ(table.stride, 16U);
    for (const int polarity : {0, 1}) {
        const auto at = [&](std::size_t j) { return table.at(polarity, j, 0); };
        EXPECT_EQ(table.start[at(0)], 0);
        EXPECT_EQ(table.start[at(1)], 100);
        EXPECT_EQ(table.start[at(2)], 300);
        EXPECT_EQ(table.value[at(1)], one);
        EXPECT_EQ(table.value[at(2)], one / 2 * 7);
        EXPECT_EQ(table.slope[at(0)], (one + 50) / 100);
        EXPECT_EQ(table.slope[at(2)], 0) << "held beyond the last knot";
    }
    EXPECT_EQ(table.ceiling[0], std::int64_t{one} * 7 / 2);
    EXPECT_EQ(table.last_start[table.stride], 300);
}

TEST(CurveTable, LeavesFewerFractionBitsToFasterOscillators)
{
    EXPECT_EQ(to_table(one_curve({{0.0, 0.0}, {1.0, 3.99}}), 0.01, 1.0).fraction, 29);
    EXPECT_EQ(to_table(one_curve({{0.0, 0.0}, {1.0, 4.01}}), 0.01, 1.0).fraction, 28);
    EXPECT_EQ(to_table(one_curve({{0.0, 0.0}, {1.0, 0.1}}), 0.01, 1.0).fraction, 29);
    EXPECT_EQ(to_table(one_curve({{0.0, 0.0}, {1.0, 500.0}}), 0.01, 1.0).fraction, 22);
}

TEST(CurveTable, HoldsTheFirstPointDownToZero)
{
    const auto table = to_table(one_curve({{1.0, 0.5}, {2.0, 1.0}}), 0.01, 1.0);
    EXPECT_EQ(table.knots, 3U);
    EXPECT_EQ(table.start[table.at(0, 0, 0)], 0);
    EXPECT_EQ(table.value[table.at(0, 0, 0)], 1 << 28);
    EXPECT_EQ(table.slope[table.at(0, 0, 0)], 0);
    EXPECT_EQ(table.start[table.at(0, 1, 0)], 100);
}

TEST(CurveTable, PointsFinerThanTheGridKeepTheLater)
{
    const auto table = to_table(one_curve({{0.0, 0.0}, {0.011, 0.25}, {0.012, 0.5}}), 0.01, 1.0);
    EXPECT_EQ(table.knots, 2U);
    EXPECT_EQ(table.value[table.at(0, 1, 0)], 1 << 28);
}

TEST(CurveTable, TheMirrorShowsTheOscillatorItsShareOfTheCurrent)
{
    const auto table = to_table(one_curve({{0.0, 0.0}, {1.0, 1.0}}), 0.01, 0.5);
    EXPECT_EQ(table.start[table.at(0, 1, 0)], 200);
}

TEST(CurveTable, HasNoCeilingUnlessTheCurveHas)
{
    auto curves = one_curve({{0.0, 0.0}, {1.0, 1.0}});
    curves.has_ceiling = false;
    curves.columns[0].offset_neg = -1.5;
    curves.columns[0].input_offset_uA = -0.034;
    const auto table = to_table(curves, 0.01, 1.0);
    EXPECT_EQ(table.ceiling[0], std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(table.offset[table.stride], -3 * (std::int64_t{1} << 28));
    EXPECT_EQ(table.input_offset[0], -3);
}

}  // namespace
}  // namespace aimc::converters
