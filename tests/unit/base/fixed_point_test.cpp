// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/fixed_point.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace aimc {
namespace {

constexpr std::array<RoundMode, 6> round_modes{RoundMode::trn,      RoundMode::rnd,
                                               RoundMode::rnd_zero, RoundMode::rnd_min_inf,
                                               RoundMode::rnd_inf,  RoundMode::rnd_conv};

// Quarters to whole numbers; expected values in the order of round_modes, worked by hand.
struct Quarters {
    int value;
    std::array<int, 6> expected;
};
constexpr std::array<Quarters, 17> quarters{{
    {-8, {-2, -2, -2, -2, -2, -2}},
    {-7, {-2, -2, -2, -2, -2, -2}},
    {-6, {-2, -1, -1, -2, -2, -2}},  // -1.5, a tie
    {-5, {-2, -1, -1, -1, -1, -1}},
    {-4, {-1, -1, -1, -1, -1, -1}},
    {-3, {-1, -1, -1, -1, -1, -1}},
    {-2, {-1, 0, 0, -1, -1, 0}},  // -0.5, a tie
    {-1, {-1, 0, 0, 0, 0, 0}},
    {0, {0, 0, 0, 0, 0, 0}},
    {1, {0, 0, 0, 0, 0, 0}},
    {2, {0, 1, 0, 0, 1, 0}},  // +0.5, a tie
    {3, {0, 1, 1, 1, 1, 1}},
    {4, {1, 1, 1, 1, 1, 1}},
    {5, {1, 1, 1, 1, 1, 1}},
    {6, {1, 2, 1, 1, 2, 2}},  // +1.5, a tie
    {7, {1, 2, 2, 2, 2, 2}},
    {8, {2, 2, 2, 2, 2, 2}},
}};

TEST(RoundShift, RoundsQuartersByTheTable)
{
    for (const auto& row : quarters) {
        for (std::size_t m = 0; m < round_modes.size(); ++m) {
            EXPECT_EQ(round_shift(row.value, 2, round_modes[m]), row.expected[m])
                << row.value << "/4, mode " << m;
        }
    }
}

/// The same rules in floating point: exact for these sizes.
std::int64_t rounded(double x, RoundMode mode)
{
    const double down = std::floor(x);
    const bool is_tie = x - down == 0.5;
    const double nearest = x - down > 0.5 ? down + 1 : down;
    const double away = x < 0 ? down : down + 1;
    switch (mode) {
        case RoundMode::trn: return static_cast<std::int64_t>(down);
        case RoundMode::rnd: return static_cast<std::int64_t>(is_tie ? down + 1 : nearest);
        case RoundMode::rnd_zero:
            return static_cast<std::int64_t>(is_tie ? std::trunc(x) : nearest);
        case RoundMode::rnd_min_inf: return static_cast<std::int64_t>(nearest);
        case RoundMode::rnd_inf: return static_cast<std::int64_t>(is_tie ? away : nearest);
        case RoundMode::rnd_conv: return static_cast<std::int64_t>(std::nearbyint(x));
    }
    return 0;
}

TEST(RoundShift, AgreesWithFloatingPointOnEveryElevenBitNumber)
{
    for (const RoundMode mode : round_modes) {
        for (int bits = 0; bits <= 9; ++bits) {
            for (int v = -1024; v < 1024; ++v) {
                ASSERT_EQ(round_shift(v, bits, mode), rounded(std::ldexp(v, -bits), mode))
                    << v << " / 2^" << bits << ", mode " << static_cast<int>(mode);
            }
        }
    }
}

TEST(RoundShift, WorksUpToSixtyTwoBits)
{
    constexpr std::int64_t tie = std::int64_t{1} << 61;
    static_assert(round_shift(tie, 62, RoundMode::rnd) == 1);
    static_assert(round_shift(tie, 62, RoundMode::rnd_conv) == 0);
    static_assert(round_shift(tie - 1, 62, RoundMode::rnd) == 0);
    static_assert(round_shift(-tie, 62, RoundMode::rnd_inf) == -1);
    static_assert(round_shift(-tie, 62, RoundMode::rnd_zero) == 0);
    static_assert(round_shift(-tie - 1, 62, RoundMode::rnd) == -1);
    static_assert(round_shift(-1, 62, RoundMode::trn) == -1);
}

TEST(Fit, AgreesWithEightBitWordsOnBothSides)
{
    for (int v = -700; v <= 700; ++v) {
        const bool fits = v >= -128 && v <= 127;
        const int clamped = v < -128 ? -128 : (v > 127 ? 127 : v);
        bool sat = false, sym = false, wrap = false;
        EXPECT_EQ(fit(v, 8, OverflowMode::sat, sat), clamped);
        EXPECT_EQ(fit(v, 8, OverflowMode::sat_sym, sym), v < -127 ? -127 : clamped);
        EXPECT_EQ(fit(v, 8, OverflowMode::wrap, wrap),
                  static_cast<std::int8_t>(static_cast<std::uint8_t>(v & 0xff)));
        EXPECT_EQ(sat, !fits) << v;
        EXPECT_EQ(sym, v < -127 || v > 127) << v;
        EXPECT_EQ(wrap, !fits) << v;
    }
}

TEST(Fit, OnlySetsItsFlag)
{
    bool overflowed = true;
    EXPECT_EQ(fit(5, 8, OverflowMode::sat, overflowed), 5);
    EXPECT_TRUE(overflowed) << "a later value that fits must not hide an earlier one";
}

TEST(Fit, WorksFromTwoToSixtyTwoBits)
{
    bool overflowed = false;
    EXPECT_EQ(fit(2, 2, OverflowMode::sat, overflowed), 1);
    EXPECT_EQ(fit(-2, 2, OverflowMode::sat, overflowed), -2);
    EXPECT_EQ(fit(-2, 2, OverflowMode::sat_sym, overflowed), -1);
    EXPECT_EQ(fit(2, 2, OverflowMode::wrap, overflowed), -2);
    constexpr std::int64_t top = (std::int64_t{1} << 61) - 1;
    EXPECT_EQ(signed_max(62), top);
    EXPECT_EQ(fit(top + 1, 62, OverflowMode::sat, overflowed), top);
    EXPECT_EQ(fit(top + 1, 62, OverflowMode::wrap, overflowed), -top - 1);
    EXPECT_EQ(fit(-top - 2, 62, OverflowMode::sat_sym, overflowed), -top);
}

}  // namespace
}  // namespace aimc
