// SPDX-License-Identifier: Apache-2.0
#include "half_meaning.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

namespace aimc::ldpu {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// --- Tables -------------------------------------------------------------------------------------

struct FmaCase {
    unsigned a, b, c, expected;
    const char* what;
};

TEST(Binary16, FmaFollowsTheTableOfSpecialValues)
{
    const std::vector<FmaCase> table = {
        {0x3c00, 0x3c00, 0x3c00, 0x4000, "1 * 1 + 1"},
        {0x7e00, 0x3c00, 0x3c00, 0x7e00, "NaN * 1 + 1"},
        {0x3c00, 0xfe01, 0x3c00, 0x7e00, "1 * other NaN + 1"},
        {0x3c00, 0x3c00, 0x7c01, 0x7e00, "1 * 1 + signalling NaN"},
        {0x0000, 0x7c00, 0x7e00, 0x7e00, "0 * inf + NaN"},
        {0x0000, 0x7c00, 0x3c00, 0x7e00, "0 * inf + 1"},
        {0xfc00, 0x8000, 0x7c00, 0x7e00, "-inf * -0 + inf"},
        {0x7c00, 0x3c00, 0xfc00, 0x7e00, "inf * 1 - inf"},
        {0x7c00, 0xbc00, 0x7c00, 0x7e00, "inf * -1 + inf"},
        {0x7c00, 0x3c00, 0x7c00, 0x7c00, "inf * 1 + inf"},
        {0x7c00, 0xbc00, 0x7bff, 0xfc00, "inf * -1 + largest"},
        {0x7bff, 0x7bff, 0xfc00, 0xfc00, "overflowing product - inf: the infinity is exact"},
        {0x3c00, 0x0000, 0x7c00, 0x7c00, "1 * 0 + inf"},
        {0x7c00, 0x7c00, 0x3c00, 0x7c00, "inf * inf + 1"},
        {0x0000, 0x3c00, 0x0000, 0x0000, "+0 + +0"},
        {0x0000, 0x3c00, 0x8000, 0x0000, "+0 + -0"},
        {0x8000, 0x3c00, 0x0000, 0x0000, "-0 + +0"},
        {0x8000, 0x3c00, 0x8000, 0x8000, "-0 + -0"},
        {0x8000, 0xbc00, 0x8000, 0x0000, "-0 * -1 + -0"},
        {0x3c00, 0x3c00, 0xbc00, 0x0000, "1 - 1"},
        {0xbc00, 0x3c00, 0x3c00, 0x0000, "-1 + 1"},
        {0x0001, 0x0001, 0x0000, 0x0000, "product underflows, positive"},
        {0x8001, 0x0001, 0x0000, 0x8000, "product underflows, negative: keeps its sign"},
        {0x8001, 0x0001, 0x0001, 0x0001, "underflowing product under a subnormal"},
        {0x0001, 0x3800, 0x0000, 0x0000, "half the smallest: tie to zero"},
        {0x0003, 0x3800, 0x0000, 0x0002, "1.5 times the smallest: tie to even"},
        {0x03ff, 0x3c00, 0x0001, 0x0400, "largest subnormal + 1: carries into the normals"},
        {0x0400, 0x3c00, 0x8001, 0x03ff, "smallest normal - 1: back to the subnormals"},
        {0x7bff, 0x3c00, 0x4b80, 0x7bff, "65504 + 15 stays"},
        {0x7bff, 0x3c00, 0x4c00, 0x7c00, "65504 + 16: tie, to infinity"},
        {0x7bff, 0x7bff, 0x0000, 0x7c00, "overflow"},
        {0x7bff, 0xfbff, 0x7bff, 0xfc00, "negative overflow"},
        {0x3c01, 0x3c01, 0xbc02, 0x0010, "what mul then add would lose: 2^-20"},
        {0x7bff, 0x4000, 0xfbff, 0x7bff, "product over the range, sum inside"},
    };
    for (const FmaCase& k : table) {
        EXPECT_EQ(fma(half(k.a), half(k.b), half(k.c)), half(k.expected)) << k.what;
        EXPECT_EQ(fma(half(k.b), half(k.a), half(k.c)), half(k.expected)) << k.what << ", swapped";
    }
}

TEST(Binary16, AddAndMulFollowTheTableOfSpecialValues)
{
    EXPECT_EQ(add(half(0x8000), half(0x8000)), half(0x8000));
    EXPECT_EQ(add(half(0x8000), half(0x0000)), half(0x0000));
    EXPECT_EQ(add(half(0x7c00), half(0xfc00)), canonical_nan);
    EXPECT_EQ(add(half(0xfc00), half(0x7bff)), half(0xfc00));
    EXPECT_EQ(mul(half(0x8000), half(0x3c00)), half(0x8000));
    EXPECT_EQ(mul(half(0x8000), half(0xbc00)), half(0x0000));
    EXPECT_EQ(mul(half(0x0000), half(0xfc00)), canonical_nan);
    EXPECT_EQ(mul(half(0x7c00), half(0xbc00)), half(0xfc00));
}

TEST(Binary16, NegateFlipsTheSignOfEverythingButNaN)
{
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const Binary16 expected = std::isnan(meaning(bits)) ? canonical_nan : half(bits ^ 0x8000);
        ASSERT_EQ(negate(half(bits)), expected) << bits;
    }
}

// --- Every word, every tie ----------------------------------------------------------------------

TEST(Binary16, EveryWordGoesToDoubleAndBack)
{
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const double value = to_double(half(bits));
        ASSERT_TRUE(same_double(value, meaning(bits))) << bits;
        ASSERT_EQ(from_double(value), is_nan(half(bits)) ? canonical_nan : half(bits)) << bits;
    }
}

TEST(Binary16, FromDoubleDecidesEveryTieToEvenAndItsNeighboursToTheNearer)
{
    // 0x7c00 stands for 2^16 here: half way to it is where infinity begins.
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
        const double above = bits == 0x7bff ? 65536.0 : meaning(bits + 1);
        const double tie = (meaning(bits) + above) / 2;
        const unsigned even = bits + (bits & 1);
        for (const unsigned sign : {0x0000u, 0x8000u}) {
            const double s = sign != 0 ? -1.0 : 1.0;
            ASSERT_EQ(from_double(s * tie), half(sign | even)) << bits;
            ASSERT_EQ(from_double(s * std::nextafter(tie, 0.0)), half(sign | bits)) << bits;
            ASSERT_EQ(from_double(s * std::nextafter(tie, infinity)), half(sign | (bits + 1)));
        }
    }
}

TEST(Binary16, FmaDecidesEveryTieToEven)
{
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
        const int field = static_cast<int>(bits >> 10);
        const Binary16 ulp = from_double(std::ldexp(1.0, (field == 0 ? 1 : field) - 25));
        const unsigned even = bits + (bits & 1);
        ASSERT_EQ(fma(ulp, half(0x3800), half(bits)), half(even)) << bits;
        ASSERT_EQ(fma(ulp, half(0xb800), half(bits | 0x8000)), half(even | 0x8000)) << bits;
        // The last word below one half and the first above it.
        ASSERT_EQ(fma(ulp, half(0x37ff), half(bits)), half(bits)) << bits;
        ASSERT_EQ(fma(ulp, half(0x3801), half(bits)), half(bits + 1)) << bits;
    }
}

TEST(Binary16, FromDoubleHandlesTheEndsOfTheDoubles)
{
    EXPECT_EQ(from_double(0.0), half(0x0000));
    EXPECT_EQ(from_double(-0.0), half(0x8000));
    EXPECT_EQ(from_double(std::numeric_limits<double>::denorm_min()), half(0x0000));
    EXPECT_EQ(from_double(-std::numeric_limits<double>::min()), half(0x8000));
    EXPECT_EQ(from_double(std::numeric_limits<double>::max()), half(0x7c00));
    EXPECT_EQ(from_double(-infinity), half(0xfc00));
    EXPECT_EQ(from_double(-not_a_number), canonical_nan);
    // A double that float would round up to the tie, and from there to even: rounded once it is 1.
    EXPECT_EQ(from_double(1 + std::ldexp(1, -11) - std::ldexp(1, -40)), half(0x3c00));
    EXPECT_EQ(from_double(1 + std::ldexp(1, -11) + std::ldexp(1, -40)), half(0x3c01));
}

TEST(Binary16, FromIntRoundsHalfEvenAtEverySizeOfCount)
{
    for (std::int32_t x = 0; x <= 4095; ++x) {
        // Up to 2048 exact; above, the last bit is worth 2.
        const double expected = x <= 2048 ? x : 2 * std::nearbyint(x / 2.0);
        ASSERT_EQ(meaning(from_int(x).bits), expected) << x;
        ASSERT_TRUE(same_double(meaning(from_int(-x).bits), x == 0 ? 0.0 : -expected)) << x;
    }
    EXPECT_EQ(from_int(65519), half(0x7bff));
    EXPECT_EQ(from_int(65520), half(0x7c00));
    EXPECT_EQ(from_int(-65520), half(0xfc00));
    EXPECT_EQ(from_int(std::numeric_limits<std::int32_t>::max()), half(0x7c00));
    EXPECT_EQ(from_int(std::numeric_limits<std::int32_t>::min()), half(0xfc00));
}

TEST(Binary16, ToIntRoundsHalfEvenAndSaturatesSymmetricallyOnEveryWord)
{
    for (const int bits : {2, 4, 8, 9, 12, 16, 17, 32}) {
        const double limit = std::ldexp(1.0, bits - 1) - 1;
        for (unsigned word = 0; word < 0x10000; ++word) {
            const double value = meaning(word);
            const double rounded = std::nearbyint(value);  // half even, the default direction
            bool saturated = false;
            const std::int32_t y = to_int(half(word), bits, saturated);
            ASSERT_EQ(y, to_int(half(word), bits));
            if (std::isnan(value)) {
                ASSERT_EQ(y, 0) << word;
                ASSERT_TRUE(saturated) << word;
            } else {
                ASSERT_EQ(y, std::fmax(-limit, std::fmin(limit, rounded))) << word << " " << bits;
                ASSERT_EQ(saturated, std::fabs(rounded) > limit) << word << " " << bits;
            }
        }
    }
}

TEST(Binary16, ToIntRefusesImpossibleWidths)
{
    EXPECT_THROW(to_int(half(0x3c00), 1), std::invalid_argument);
    EXPECT_THROW(to_int(half(0x3c00), 33), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::ldpu
