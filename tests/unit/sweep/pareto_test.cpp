// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/pareto.h"

#include "support/small_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace aimc::sweep {
namespace {

using Points = std::vector<std::vector<double>>;
using Indices = std::vector<std::size_t>;

/// By the words of the definition: n^2, no order used.
Indices by_definition(const Points& points)
{
    Indices front;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto beats = [&](std::size_t j) {
            bool one_less = false;
            for (std::size_t q = 0; q < points[i].size(); ++q) {
                if (!(points[j][q] <= points[i][q])) { return false; }
                one_less = one_less || points[j][q] < points[i][q];
            }
            return one_less || j < i;
        };
        bool is_beaten = false;
        for (std::size_t j = 0; j < points.size(); ++j) {
            is_beaten = is_beaten || (j != i && beats(j));
        }
        const bool has_nan =
            std::any_of(points[i].begin(), points[i].end(), [](double v) { return std::isnan(v); });
        if (!is_beaten && !has_nan) { front.push_back(i); }
    }
    return front;
}

TEST(Pareto, KeepsWhatNobodyBeats)
{
    EXPECT_EQ(pareto_front({{1, 5}, {2, 4}, {2, 6}, {3, 1}, {4, 1}}), (Indices{0, 1, 3}));
    EXPECT_EQ(pareto_front({{3, 1}, {1, 5}}), (Indices{1, 0}));  // by the first quantity
    EXPECT_EQ(pareto_front({}), Indices{});
}

TEST(Pareto, TheFirstOfEqualsStandsForAll)
{
    EXPECT_EQ(pareto_front({{1, 2}, {1, 2}, {1, 2}}), Indices{0});
    EXPECT_EQ(pareto_front({{1, 3}, {1, 2}, {0, 2}, {0, 2}}), Indices{2});
}

TEST(Pareto, LeavesOutWhatHasNoValue)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(pareto_front({{nan, 0}, {1, nan}, {2, 2}}), Indices{2});
}

TEST(Pareto, IsTheDefinitionInAnyNumberOfQuantities)
{
    test::Dice dice(7);
    for (int round = 0; round < 200; ++round) {
        const int quantities = dice.roll(1, 4);
        Points points(static_cast<std::size_t>(dice.roll(0, 60)));
        for (auto& point : points) {
            for (int q = 0; q < quantities; ++q) { point.push_back(dice.roll(0, 6)); }
        }
        Indices got = pareto_front(points);
        std::sort(got.begin(), got.end());
        EXPECT_EQ(got, by_definition(points)) << "round " << round;
    }
}

TEST(Pareto, AMillionPointsTakeNoTime)
{
    test::Dice dice(8);
    Points points(1'000'000);
    for (auto& point : points) {
        point = {static_cast<double>(dice.roll(0, 1 << 30)), static_cast<double>(dice.roll(0, 50))};
    }
    EXPECT_LE(pareto_front(points).size(), 51U);
}

}  // namespace
}  // namespace aimc::sweep
