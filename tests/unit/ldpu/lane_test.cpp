// SPDX-License-Identifier: Apache-2.0
#include "aimc/ldpu/lane.h"

#include "aimc/ldpu/timing.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace aimc::ldpu {
namespace {

constexpr Binary16 zero{0x0000};
constexpr Binary16 minus_zero{0x8000};
constexpr Binary16 one{0x3c00};
constexpr Binary16 infinity{0x7c00};

/// y = c_p - c_n; a test changes the word it is about.
AffineWords16 plain() { return {one, one, zero, one, zero}; }

AffineWords16 with_offset(double offset)
{
    AffineWords16 words = plain();
    words.offset = from_double(offset);
    return words;
}

constexpr LaneSettings identity{8, false, std::nullopt};
constexpr LaneSettings relu{8, true, std::nullopt};

TEST(LdpuLane, ComputesAHandWorkedColumn)
{
    // 0.5 * 10 + 1 = 6;  6 - 0.25 * 4 = 5;  2 * 5 - 3 = 7
    const AffineWords16 words{from_double(0.5), from_double(0.25), from_int(1), from_int(2),
                              from_int(-3)};
    const LaneResult r = process_column(words, 10, 4, identity);
    EXPECT_EQ(r.y, 7);
    EXPECT_EQ(r.t, from_int(7));
    EXPECT_FALSE(r.saturated);
    EXPECT_FALSE(r.relu_clipped);
}

TEST(LdpuLane, TakesASignedSingleCount)
{
    EXPECT_EQ(process_column(plain(), -37, 0, identity).y, -37);
}

TEST(LdpuLane, RoundsCountsAbove2048ToElevenBits)
{
    const LaneSettings wide{16, false, std::nullopt};
    EXPECT_EQ(process_column(plain(), 2049, 0, wide).y, 2048);  // tie to even
    EXPECT_EQ(process_column(plain(), 2051, 0, wide).y, 2052);  // tie to even
    EXPECT_EQ(process_column(plain(), 4095, 0, wide).y, 4096);
}

TEST(LdpuLane, RoundsOnceInEachMultiplyAdd)
{
    // (1 + 2^-10) * 2047 - 2048 = 1023 / 1024 exactly, times 100 = 99.9. Rounding the product
    // first would make it 2048 and the column 0.
    AffineWords16 words = plain();
    words.scale_p = Binary16{0x3c01};
    words.offset = from_int(-2048);
    words.gamma = from_int(100);
    EXPECT_EQ(process_column(words, 2047, 0, identity).y, 100);
}

TEST(LdpuLane, AddsTheOffsetBeforeItSubtractsTheNegativeCount)
{
    // 2048 + 1 is a tie and goes to 2048, then - 1 is 2047. The other order would give 2048.
    const LaneSettings wide{16, false, std::nullopt};
    EXPECT_EQ(process_column(with_offset(1), 2048, 1, wide).y, 2047);
}

TEST(LdpuLane, QuantisesTiesToEven)
{
    EXPECT_EQ(process_column(with_offset(0.5), 2, 0, identity).y, 2);
    EXPECT_EQ(process_column(with_offset(0.5), 3, 0, identity).y, 4);
    EXPECT_EQ(process_column(with_offset(-0.5), 0, 2, identity).y, -2);
    EXPECT_EQ(process_column(with_offset(-0.5), 0, 3, identity).y, -4);
}

TEST(LdpuLane, SaturatesSymmetricallyAndSaysSo)
{
    const LaneResult inside = process_column(with_offset(0.4375), 127, 0, identity);
    EXPECT_EQ(inside.y, 127);
    EXPECT_FALSE(inside.saturated);
    const LaneResult tie = process_column(with_offset(0.5), 127, 0, identity);
    EXPECT_EQ(tie.y, 127);
    EXPECT_TRUE(tie.saturated) << "127.5 rounds to 128";
    const LaneResult low = process_column(plain(), 0, 128, identity);
    EXPECT_EQ(low.y, -127);
    EXPECT_TRUE(low.saturated);
    EXPECT_EQ(low.t, from_int(-128)) << "t is the value before saturation";
}

TEST(LdpuLane, ReluMakesNegativesZero)
{
    const LaneResult negative = process_column(plain(), 0, 200, relu);
    EXPECT_EQ(negative.y, 0);
    EXPECT_EQ(negative.t, zero);
    EXPECT_TRUE(negative.relu_clipped);
    EXPECT_FALSE(negative.saturated) << "the ReLU comes before the output width";
    const LaneResult positive = process_column(plain(), 20, 0, relu);
    EXPECT_EQ(positive.y, 20);
    EXPECT_FALSE(positive.relu_clipped);
}

TEST(LdpuLane, ReluMakesMinusZeroPlusZeroWithoutCountingIt)
{
    const AffineWords16 words{negate(one), one, minus_zero, one, minus_zero};
    EXPECT_EQ(process_column(words, 0, 0, identity).t, minus_zero);
    const LaneResult r = process_column(words, 0, 0, relu);
    EXPECT_EQ(r.t, zero);
    EXPECT_FALSE(r.relu_clipped);
}

TEST(LdpuLane, ClippedReluStopsAtTheClip)
{
    const LaneSettings clipped{8, true, 6};
    EXPECT_EQ(process_column(plain(), 5, 0, clipped).y, 5);
    const LaneResult at = process_column(plain(), 6, 0, clipped);
    EXPECT_EQ(at.y, 6);
    EXPECT_FALSE(at.relu_clipped);
    const LaneResult above = process_column(plain(), 300, 0, clipped);
    EXPECT_EQ(above.y, 6);
    EXPECT_TRUE(above.relu_clipped);
    EXPECT_FALSE(above.saturated);
    EXPECT_EQ(process_column(plain(), 0, 9, clipped).y, 0);
}

TEST(LdpuLane, NeverHidesANaN)
{
    AffineWords16 words = plain();
    words.scale_p = infinity;
    for (const LaneSettings& settings : {identity, relu, LaneSettings{8, true, 6}}) {
        const LaneResult r = process_column(words, 0, 0, settings);  // inf * 0
        EXPECT_EQ(r.t, canonical_nan);
        EXPECT_EQ(r.y, 0);
        EXPECT_TRUE(r.saturated);
        EXPECT_FALSE(r.relu_clipped);
    }
    EXPECT_EQ(process_column(words, 1, 0, identity).y, 127) << "infinity saturates";
}

TEST(LdpuLane, TakesCountsWithBitsBelowOne)
{
    AffineWords16 words = plain();
    words.scale_p = from_int(2);
    LaneSettings fine;
    fine.count_fraction = 8;
    EXPECT_EQ(to_double(process_column(words, 40 * 256 + 64, 0, fine).t), 80.5);
    EXPECT_EQ(process_column(words, 40 * 256, 0, fine).t, process_column(words, 40, 0, {}).t);
    // 4095 and 255/256 counts: one rounding to 11 bits, far from the end of binary16
    EXPECT_EQ(to_double(process_column(words, 4096 * 256 - 1, 0, fine).t), 8192.0);
}

TEST(LdpuLane, RefusesSettingsThatMeanNothing)
{
    EXPECT_THROW(process_column(plain(), 1, 0, {8, false, 6}), std::invalid_argument);
    EXPECT_THROW(process_column(plain(), 1, 0, {8, true, -1}), std::invalid_argument);
    EXPECT_THROW(process_column(plain(), 1, 0, {1, false, std::nullopt}), std::invalid_argument);
}

TEST(LdpuTiming, DefaultIsSetToThePublishedRatio)
{
    static_assert(n_ldpu_cycles(3, 256, 4, 5, 13) == 973);
    static_assert(n_ldpu_cycles(LdpuTiming{}, 256) == std::int64_t{139} * 7);
    EXPECT_EQ(n_ldpu_cycles(LdpuTiming{}, 256), 973);
}

TEST(LdpuTiming, CountsABegunGroupOfColumnsAsAWholeOne)
{
    EXPECT_EQ(n_ldpu_cycles(3, 1, 4, 5, 13), 28);
    EXPECT_EQ(n_ldpu_cycles(3, 4, 4, 5, 13), 28);
    EXPECT_EQ(n_ldpu_cycles(3, 5, 4, 5, 13), 43);
    EXPECT_EQ(n_ldpu_cycles(3, 0, 4, 5, 13), 13);
}

TEST(LdpuTiming, RefusesImpossibleParameters)
{
    EXPECT_THROW(n_ldpu_cycles(3, 256, 0, 5, 13), std::invalid_argument);
    EXPECT_THROW(n_ldpu_cycles(3, 256, 4, 0, 13), std::invalid_argument);
    EXPECT_THROW(n_ldpu_cycles(-1, 256, 4, 5, 13), std::invalid_argument);
    EXPECT_THROW(n_ldpu_cycles(3, -1, 4, 5, 13), std::invalid_argument);
    EXPECT_THROW(n_ldpu_cycles(3, 256, 4, 5, -1), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::ldpu
