// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/run_result.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::report {
namespace {

TEST(IntegerSummary, TakesPercentilesByNearestRank)
{
    std::vector<std::uint64_t> values;
    for (std::uint64_t v = 100; v >= 1; --v) { values.push_back(v); }
    const IntegerSummary s = summarise(values);
    EXPECT_EQ(s.min, 1U);
    EXPECT_EQ(s.p50, 50U);
    EXPECT_EQ(s.p99, 99U);
    EXPECT_EQ(s.max, 100U);
    EXPECT_DOUBLE_EQ(s.mean, 50.5);
}

TEST(IntegerSummary, HoldsOnEverySmallNumberOfValues)
{
    EXPECT_EQ(summarise({}).max, 0U);
    const IntegerSummary one = summarise({7});
    EXPECT_EQ(one.min, 7U);
    EXPECT_EQ(one.p50, 7U);
    EXPECT_EQ(one.p99, 7U);
    EXPECT_EQ(one.max, 7U);
    const IntegerSummary two = summarise({9, 3});
    EXPECT_EQ(two.p50, 3U) << "rank ceil(0.5 * 2) = 1";
    EXPECT_EQ(two.p99, 9U);
    EXPECT_EQ(summarise({1, 2, 3}).p50, 2U);
}

TEST(IntegerSummary, CountsRepeatedValues)
{
    std::vector<std::uint64_t> values(199, 140);
    values.push_back(1000);
    EXPECT_EQ(summarise(values).p99, 140U) << "rank 198 of 200";
    values.push_back(1000);
    values.push_back(1000);
    EXPECT_EQ(summarise(values).p99, 1000U) << "rank 200 of 202";
}

TEST(ErrorMeter, MeasuresAHandWorkedError)
{
    ErrorMeter meter;
    meter.add(3.0, 4.0);
    meter.add(-3.0, -3.0);
    meter.add(2.0, 0.0);
    const MvmError e = meter.result();
    EXPECT_EQ(meter.count(), 3U);
    EXPECT_DOUBLE_EQ(e.rel_l2, std::sqrt(5.0) / 5.0);
    EXPECT_DOUBLE_EQ(e.rmse_lsb, std::sqrt(5.0 / 3.0));
    EXPECT_DOUBLE_EQ(e.max_abs_lsb, 2.0);
}

TEST(ErrorMeter, TakesSquaresOfTwoMetersAtATime)
{
    ErrorMeter one, other, squares, other_squares;
    std::vector<double> error2, ref2, other_error2;
    for (int i = 1; i < 100; ++i) {
        const double y = i / 7.0;
        const double ref = y + 1.0 / i;
        one.add(y, ref);
        other.add(-y, ref);
        error2.push_back((y - ref) * (y - ref));
        other_error2.push_back((-y - ref) * (-y - ref));
        ref2.push_back(ref * ref);
        squares.widen(std::abs(y - ref));
        other_squares.widen(std::abs(-y - ref));
    }
    add_squares(squares, {error2.data(), ref2.data()}, other_squares,
                {other_error2.data(), ref2.data()}, error2.size());
    for (const auto& [want, got] : {std::pair{one, squares}, std::pair{other, other_squares}}) {
        EXPECT_EQ(got.count(), want.count());
        EXPECT_EQ(got.result().rel_l2, want.result().rel_l2) << "to the last bit";
        EXPECT_EQ(got.result().rmse_lsb, want.result().rmse_lsb);
        EXPECT_EQ(got.result().max_abs_lsb, want.result().max_abs_lsb);
    }
}

TEST(ErrorMeter, GivesSqnrAndBits)
{
    const MvmError e{0.01, 0.0, 0.0};
    EXPECT_DOUBLE_EQ(e.sqnr_db(), 40.0);
    EXPECT_DOUBLE_EQ(e.enob(), 38.24 / 6.02);
    EXPECT_TRUE(std::isinf(MvmError{}.sqnr_db())) << "an exact result";
}

TEST(ErrorMeter, IsZeroWithoutValuesAndInfiniteAgainstZero)
{
    EXPECT_EQ(ErrorMeter{}.result().rel_l2, 0.0);
    ErrorMeter meter;
    meter.add(0.0, 0.0);
    EXPECT_EQ(meter.result().rel_l2, 0.0);
    meter.add(1.0, 0.0);
    EXPECT_TRUE(std::isinf(meter.result().rel_l2));
}

TEST(StateCycles, SumToTheTotal) { EXPECT_EQ((StateCycles{1, 2, 3, 4, 5}).sum(), 15U); }

}  // namespace
}  // namespace aimc::report
