// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/recorded_line.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::converters {
namespace {

TEST(RecordedLine, LeavesOutFlatEndsAndFitsTheRest)
{
    // between the ends codes 1, 2, 4, 5 at inputs 1, 2, 3, 4: slope 7 / 5, mean (2.5, 3)
    const std::vector<CountKnot> points{{0, 0}, {0.5, 0}, {1, 1}, {2, 2},
                                        {3, 4}, {4, 5},   {5, 9}, {6, 9}};
    const auto r = recorded_line(points);
    EXPECT_EQ(r.points, 4U);
    EXPECT_NEAR(r.gain, 1.4, 1e-12);
    EXPECT_NEAR(r.offset, 3.0 - 1.4 * 2.5, 1e-12);
    EXPECT_NEAR(r.residual_min, -0.3, 1e-12);
    EXPECT_NEAR(r.residual_max, 0.3, 1e-12);
}

TEST(RecordedLine, KeepsTheCodeRangeOfAllPointsBelowALimit)
{
    const std::vector<CountKnot> points{{0, 0}, {1, 1}, {2, 2}, {3, 5}, {4, 9}};
    const auto r = recorded_line(points, 3.0);
    EXPECT_EQ(r.points, 2U) << "code 2 is the last below 3, but not the last code";
    EXPECT_NEAR(r.gain, 1.0, 1e-12);
}

TEST(RecordedLine, NeedsTwoPoints)
{
    EXPECT_TRUE(std::isnan(recorded_line({}).gain));
    EXPECT_TRUE(std::isnan(recorded_line({{0, 0}, {1, 5}, {2, 9}}).gain));
    EXPECT_EQ(recorded_line({{0, 0}, {1, 5}, {2, 9}}).points, 1U);
}

TEST(LevelLine, IsPositiveWhereALevelComesLate)
{
    // levels 0, 12, 20, 30 for codes 0 .. 3: one LSB is 10, code 1 is 0.2 late
    const auto l = level_line({{0, 0}, {12, 1}, {20, 2}, {30, 3}});
    EXPECT_EQ(l.points, 4U);
    EXPECT_NEAR(l.end_point_max, 0.2, 1e-12);
    EXPECT_NEAR(l.end_point_min, 0.0, 1e-12);
    // least squares of T over code: slope 9.8, mean (1.5, 15.5)
    EXPECT_NEAR(l.best_fit_max, (12.0 - (15.5 - 4.9)) / 9.8, 1e-12);
    EXPECT_NEAR(l.best_fit_min, (0.0 - (15.5 - 14.7)) / 9.8, 1e-12);
}

TEST(LevelLine, LeavesOutRepeatedCodes)
{
    EXPECT_EQ(level_line({{0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 7}, {5, 7}}).points, 2U);
    EXPECT_TRUE(std::isnan(level_line({{0, 0}, {1, 0}}).end_point_max));
}

}  // namespace
}  // namespace aimc::converters
