// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace aimc::report {
namespace {

std::uint64_t rank_of(std::vector<std::uint64_t> values, std::size_t percent)
{
    std::sort(values.begin(), values.end());
    return values[(values.size() * percent + 99) / 100 - 1];
}

void expect_same(const IntegerSummary& a, const IntegerSummary& b)
{
    EXPECT_EQ(a.min, b.min);
    EXPECT_EQ(a.p50, b.p50);
    EXPECT_EQ(a.p99, b.p99);
    EXPECT_EQ(a.max, b.max);
    EXPECT_EQ(a.mean, b.mean);
    EXPECT_EQ(a.percentile_error, b.percentile_error);
}

TEST(Histogram, IsExactForAsManyNumbersAsItHolds)
{
    std::mt19937_64 dice(1);
    std::vector<std::uint64_t> values;
    Histogram all;
    for (std::size_t i = 0; i < Histogram::most_values; ++i) {
        values.push_back(dice() >> (i % 2 == 0 ? 10U : 50U));
        all.add(values.back());
    }
    const IntegerSummary s = all.summary();
    EXPECT_EQ(s.p50, rank_of(values, 50));
    EXPECT_EQ(s.p99, rank_of(values, 99));
    EXPECT_EQ(s.percentile_error, 0.0);
}

TEST(Histogram, StaysWithinItsErrorForAnyNumbers)
{
    std::mt19937_64 dice(2);
    for (const unsigned shift : {0U, 20U, 44U}) {
        std::vector<std::uint64_t> values;
        Histogram all;
        for (int i = 0; i < 100000; ++i) {
            values.push_back((dice() >> shift) / 1000000);
            all.add(values.back());
        }
        const IntegerSummary s = all.summary();
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        EXPECT_EQ(s.min, *low);
        EXPECT_EQ(s.max, *high);
        for (const auto& [percent, got] :
             {std::pair{std::size_t{50}, s.p50}, std::pair{std::size_t{99}, s.p99}}) {
            const auto want = static_cast<double>(rank_of(values, percent));
            EXPECT_LE(std::fabs(static_cast<double>(got) - want), want * s.percentile_error)
                << percent << " of numbers shifted by " << shift;
        }
        EXPECT_EQ(s.percentile_error > 0.0, shift < 44) << "2^20 / 10^6: one number or two";
    }
}

TEST(Histogram, SharesBucketsWithoutErrorWhereNumbersAreSmall)
{
    Histogram all;
    for (std::uint64_t i = 0; i < 2 * Histogram::most_values; ++i) {
        all.add(1000000 + i);
        for (int small = 0; small < 200; ++small) { all.add(135); }
    }
    EXPECT_EQ(all.summary().p99, 135U);
    EXPECT_EQ(all.summary().percentile_error, 0.0);
}

TEST(Histogram, DoesNotDependOnOrderOrParts)
{
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = 0; i < 60000; ++i) { values.push_back(i * i % 50021 * 977); }
    Histogram whole, backwards, merged;
    std::vector<Histogram> parts(7);
    for (std::size_t i = 0; i < values.size(); ++i) {
        whole.add(values[i]);
        backwards.add(values[values.size() - 1 - i]);
        parts[i % 7].add(values[i]);
    }
    for (const auto& part : parts) {
        EXPECT_EQ(part.summary().percentile_error, 0.0) << "a part has few enough";
        merged.add(part);
    }
    merged.add(Histogram{});
    EXPECT_GT(whole.summary().percentile_error, 0.0);
    expect_same(whole.summary(), backwards.summary());
    expect_same(whole.summary(), merged.summary());
}

TEST(Histogram, OfNothingIsAllZeros) { expect_same(Histogram{}.summary(), IntegerSummary{}); }

}  // namespace
}  // namespace aimc::report
