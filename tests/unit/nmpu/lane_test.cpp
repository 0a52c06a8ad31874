// SPDX-License-Identifier: Apache-2.0
#include "aimc/nmpu/lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <vector>

namespace aimc::nmpu {
namespace {

using config::Activation;
using config::Branch;
using config::NmpuConfig;

constexpr AffineWords one{128, 128, 0, 0};  // both scales 1.0, no offset

Lane lane(const NmpuConfig& format, int exponent = 0)
{
    return {format, exponent, format.activation};
}

/// -5/2, -3/2, -1/2, 1/2, 3/2, 5/2 as each mode rounds them.
struct Ties {
    RoundMode mode;
    std::array<std::int64_t, 6> rounded;
};
constexpr std::array<std::int32_t, 6> halves{-5, -3, -1, 1, 3, 5};
constexpr std::array<Ties, 6> every_tie{{{RoundMode::trn, {-3, -2, -1, 0, 1, 2}},
                                         {RoundMode::rnd, {-2, -1, 0, 1, 2, 3}},
                                         {RoundMode::rnd_zero, {-2, -1, 0, 0, 1, 2}},
                                         {RoundMode::rnd_min_inf, {-3, -2, -1, 0, 1, 2}},
                                         {RoundMode::rnd_inf, {-3, -2, -1, 1, 2, 3}},
                                         {RoundMode::rnd_conv, {-2, -2, 0, 0, 2, 2}}}};

TEST(NmpuLane, ComputesAHandWorkedColumn)
{
    // 1.0 * 100 - 0.5 * 30 + 3.5 = 88.5, a tie between 88 and 89
    const LaneOutput out = lane({}).compute(100, 30, {128, 64, 7, 0});
    EXPECT_EQ(out.y, 88);
    EXPECT_EQ(out.partial, 354) << "88.5 in quarters";
    EXPECT_FALSE(out.saturated || out.relu_clipped || out.partial_saturated);
}

TEST(NmpuLane, RoundsTheSumByTheFinalModeOnEveryTie)
{
    for (const Ties& ties : every_tie) {
        NmpuConfig f;
        f.final_round_mode = ties.mode;
        f.residual_fraction = 2;  // the residual is A itself, in quarters
        for (std::size_t i = 0; i < halves.size(); ++i) {
            EXPECT_EQ(lane(f).compute(0, 0, one, 2 * halves[i]).y, ties.rounded[i])
                << halves[i] << "/2 in mode " << static_cast<int>(ties.mode);
        }
        const int below =
            ties.mode == RoundMode::trn ? 1 : 0;        // only truncation looks further down
        EXPECT_EQ(lane(f).compute(0, 0, one, 5).y, 1);  // 1.25
        EXPECT_EQ(lane(f).compute(0, 0, one, 7).y, 2 - below);    // 1.75
        EXPECT_EQ(lane(f).compute(0, 0, one, -5).y, -1 - below);  // -1.25
        EXPECT_EQ(lane(f).compute(0, 0, one, -7).y, -2);          // -1.75
    }
}

TEST(NmpuLane, RoundsTheProductByTheRoundModeOnEveryTie)
{
    for (const Ties& ties : every_tie) {
        NmpuConfig f;
        f.branch = Branch::single;
        f.cut = 4;
        f.round_bits = 1;  // k stays 2
        f.round_mode = ties.mode;
        f.final_round_mode = RoundMode::trn;  // must have no say here
        for (std::size_t i = 0; i < halves.size(); ++i) {
            EXPECT_EQ(lane(f).accumulate(halves[i], 0, {16, 0, 0, 0}), ties.rounded[i])
                << "s * c >> 4 = " << halves[i];
        }
    }
}

TEST(NmpuLane, RoundsOffsetAndResidualOnceWhenTheyAreLoaded)
{
    for (const Ties& ties : every_tie) {
        NmpuConfig f;
        f.offset_fraction = 3;  // one bit more than k
        f.residual_fraction = 3;
        f.round_mode = ties.mode;
        for (std::size_t i = 0; i < halves.size(); ++i) {
            const std::int64_t rounded = ties.rounded[i];
            EXPECT_EQ(lane(f).accumulate(0, 0, {0, 0, halves[i], 0}), rounded);
            EXPECT_EQ(lane(f).accumulate(0, 0, {0, 0, 0, halves[i]}), -rounded)
                << "o- is rounded before it is subtracted";
            EXPECT_EQ(lane(f).accumulate(0, 0, {}, halves[i]), rounded);
            EXPECT_EQ(lane(f).accumulate(0, 0, {0, 0, halves[i], 0}, halves[i]), 2 * rounded)
                << "each on its own, not their sum";
        }
    }
}

TEST(NmpuLane, AlignsOffsetAndResidualToTheKeptFraction)
{
    struct Row {
        int scale_fraction, cut, round_bits, offset_fraction, residual_fraction;
        std::int64_t offset, residual;  // 6 and 20 raw, in units of 2^-k
    };
    const std::vector<Row> rows{{7, 5, 0, 1, 0, 12, 80},   // k = 2, the default
                                {7, 7, 0, 1, 0, 3, 20},    // k = 0
                                {7, 4, 3, 0, 2, 6, 5},     // k = 0
                                {7, 0, 0, 1, 7, 384, 20},  // k = 7
                                {7, 5, 1, 1, 2, 6, 10},    // k = 1
                                {7, 3, 0, 4, 8, 6, 1}};    // k = 4, 20/16 = 1.25
    for (const Row& row : rows) {
        NmpuConfig f;
        f.scale_fraction = row.scale_fraction;
        f.cut = row.cut;
        f.round_bits = row.round_bits;
        f.offset_fraction = row.offset_fraction;
        f.residual_fraction = row.residual_fraction;
        EXPECT_EQ(lane(f).accumulate(0, 0, {0, 0, 6, 0}), row.offset)
            << "k = " << f.kept_fraction();
        EXPECT_EQ(lane(f).accumulate(0, 0, {}, 20), row.residual) << "k = " << f.kept_fraction();
        EXPECT_EQ(lane(f).accumulate(0, 0, {0, 0, 6, 6}), 0);
    }
}

TEST(NmpuLane, CutsEachPolarityTowardsMinusInfinityByItself)
{
    const AffineWords lsb{1, 1, 0, 0};
    EXPECT_EQ(lane({}).accumulate(31, 0, lsb), 0);
    EXPECT_EQ(lane({}).accumulate(32, 0, lsb), 1);
    EXPECT_EQ(lane({}).accumulate(0, 31, lsb), 0) << "c- is cut before it is subtracted";
    EXPECT_EQ(lane({}).accumulate(63, 33, lsb), 0);
    NmpuConfig signed_count;
    signed_count.branch = Branch::difference;
    EXPECT_EQ(lane(signed_count).accumulate(63, 33, lsb), 0);
    EXPECT_EQ(lane(signed_count).accumulate(33, 63, lsb), -1) << "-30/32 goes down";
}

TEST(NmpuLane, TakesEachBranchAsDocumented)
{
    NmpuConfig f;
    const AffineWords words{128, 64, 1, 3};  // 1.0, 0.5, 0.5, 1.5
    EXPECT_EQ(lane(f).accumulate(10, 4, words), 4 * 7) << "(10 + 0.5) - (2 + 1.5)";
    f.branch = Branch::difference;
    EXPECT_EQ(lane(f).accumulate(10, 4, words), 4 * 6 + 2) << "1.0 * (10 - 4) + 0.5";
    EXPECT_EQ(lane(f).accumulate(4, 10, words), 4 * -6 + 2);
    f.branch = Branch::single;
    EXPECT_EQ(lane(f).accumulate(10, 4, words), 4 * 10 + 2) << "c- has no part in it";
    EXPECT_EQ(lane(f).accumulate(-10, 4, words), 4 * -10 + 2);
    EXPECT_EQ(lane(f).accumulate(-10, 4, words, 3), 4 * -7 + 2) << "residual of 3";
}

TEST(NmpuLane, ShiftsByTheExponentBeforeTheCut)
{
    for (int e = 0; e <= 4; ++e) {
        EXPECT_EQ(lane({}, e).accumulate(3, 0, one), 12 << e);
        EXPECT_EQ(lane({}, e).accumulate(0, 3, one), -(12 << e));
        EXPECT_EQ(lane({}, e).accumulate(31, 0, {1, 0, 0, 0}), (31 << e) / 32)
            << "bits that e saves";
        EXPECT_EQ(lane({}, e).accumulate(0, 0, {0, 0, 2, 0}), 4) << "e is not for offsets";
    }
}

TEST(NmpuLane, SaturatesOrWrapsAndSaysSo)
{
    struct Row {
        std::int32_t sum;  // quarters
        std::int32_t sym, sat, wrap;
        bool sym_flag, flag;
    };
    const std::vector<Row> rows{
        {509, 127, 127, 127, false, false},      // 127.25 rounds into the range
        {510, 127, 127, -128, true, true},       // 127.5 is a tie and goes to 128
        {512, 127, 127, -128, true, true},       // 128
        {1020, 127, 127, -1, true, true},        // 255
        {1024, 127, 127, 0, true, true},         // 256
        {-508, -127, -127, -127, false, false},  // -127
        {-509, -127, -127, -127, false, false},  // -127.25
        {-510, -127, -128, -128, true, false},   // -127.5: -128 fits all but the symmetric word
        {-514, -127, -128, -128, true, false},   // -128.5 is a tie and goes to -128
        {-516, -127, -128, 127, true, true}};    // -129
    NmpuConfig f;
    f.residual_fraction = 2;
    for (const Row& row : rows) {
        f.overflow = OverflowMode::sat_sym;
        EXPECT_EQ(lane(f).compute(0, 0, one, row.sum).y, row.sym) << row.sum;
        EXPECT_EQ(lane(f).compute(0, 0, one, row.sum).saturated, row.sym_flag) << row.sum;
        f.overflow = OverflowMode::sat;
        EXPECT_EQ(lane(f).compute(0, 0, one, row.sum).y, row.sat) << row.sum;
        EXPECT_EQ(lane(f).compute(0, 0, one, row.sum).saturated, row.flag) << row.sum;
        f.overflow = OverflowMode::wrap;
        EXPECT_EQ(lane(f).compute(0, 0, one, row.sum).y, row.wrap) << row.sum;
        EXPECT_EQ(lane(f).compute(0, 0, one, row.sum).saturated, row.flag) << row.sum;
        EXPECT_EQ(lane(f).compute(0, 0, one, row.sum).partial, row.sum)
            << "y's width is not its own";
    }
}

TEST(NmpuLane, LeavesThePartialSumInItsOwnFormat)
{
    NmpuConfig f;
    f.residual_fraction = 2;
    struct Row {
        std::int32_t sum, partial;
        bool saturated;
    };
    for (const Row& row : std::vector<Row>{{32767, 32767, false},
                                           {32768, 32767, true},
                                           {-32768, -32768, false},
                                           {-32769, -32768, true}}) {
        const LaneOutput out = lane(f).compute(0, 0, one, row.sum);
        EXPECT_EQ(out.partial, row.partial) << row.sum;
        EXPECT_EQ(out.partial_saturated, row.saturated) << row.sum;
    }
    f.partial_fraction = 1;  // one bit less than k: rounded by round_mode
    for (const Ties& ties : every_tie) {
        f.round_mode = ties.mode;
        for (std::size_t i = 0; i < halves.size(); ++i) {
            EXPECT_EQ(lane(f).compute(0, 0, one, halves[i]).partial, ties.rounded[i]);
        }
    }
    NmpuConfig whole;
    whole.cut = 7;  // k = 0, and two fraction bits to fill up
    EXPECT_EQ(lane(whole).compute(0, 9, one).partial, -36);
}

TEST(NmpuLane, ClipsAfterTheOutputWidthAndCountsBoth)
{
    NmpuConfig f;
    f.activation = Activation::relu;
    const LaneOutput low = lane(f).compute(0, 300, one);
    EXPECT_EQ(low.y, 0);
    EXPECT_TRUE(low.saturated) << "-300 did not fit before the ReLU made it 0";
    EXPECT_TRUE(low.relu_clipped);
    EXPECT_EQ(low.partial, -1200) << "a partial sum has no activation";
    EXPECT_FALSE(lane(f).compute(20, 0, one).relu_clipped);
    f.activation = Activation::clipped_relu;
    f.relu_clip = 6;
    EXPECT_EQ(lane(f).compute(20, 0, one).y, 6);
    EXPECT_TRUE(lane(f).compute(20, 0, one).relu_clipped);
    EXPECT_FALSE(lane(f).compute(20, 0, one).saturated);
    EXPECT_FALSE(lane(f).compute(6, 0, one).relu_clipped);
}

TEST(NmpuLane, EqualsTheFormulaForEveryScaleAndCount)
{
    long n_cases = 0;
    const Lane default_lane = lane({});
    for (std::int32_t s = 0; s < 256; ++s) {
        for (std::int32_t c = 0; c < 4096; ++c) {
            const double sum = std::floor(s * c / 32.0) / 4.0;  // exact in a double
            const double rounded = std::nearbyint(sum);         // ties to even
            const LaneOutput out = default_lane.compute(c, 0, {s, 0, 0, 0});
            ASSERT_EQ(out.y, static_cast<std::int32_t>(std::min(rounded, 127.0)))
                << s << " * " << c;
            ASSERT_EQ(out.saturated, rounded > 127.0) << s << " * " << c;
            ASSERT_EQ(out.partial, static_cast<std::int32_t>(std::min(4.0 * sum, 32767.0)));
            ++n_cases;
        }
    }
    std::cout << "nmpu lane: " << n_cases << " products of every scale and 12-bit count\n";
}

TEST(NmpuLane, TakesSevenCyclesForFourColumnsPerLane)
{
    static_assert(n_nmpu_cycles(256, 64, 3) == 7);
    static_assert(n_nmpu_cycles(4, 2, 3) == 5);
    EXPECT_EQ(n_nmpu_cycles(257, 64, 3), 8) << "a begun group of columns is a whole one";
    EXPECT_EQ(n_nmpu_cycles(3, 64, 0), 1);
}

}  // namespace
}  // namespace aimc::nmpu
