// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/digital.h"

#include "support/digital_work.h"

#include <gtest/gtest.h>

namespace aimc::digital {
namespace {

TEST(DigitalSizes, AdderTreeOfAPowerOfTwoFollowsTheClosedForm)
{
    for (int levels = 0; levels <= 10; ++levels) {
        const std::int64_t n = std::int64_t{1} << levels;
        for (int w = 2; w <= 9; ++w) {
            const auto rows = static_cast<std::size_t>(n);
            EXPECT_EQ(tree_full_adders(rows, w), n * (w + 1) - (w + levels + 1)) << n << " " << w;
            EXPECT_EQ(tree_bits(rows, w), w + levels);
        }
    }
}

TEST(DigitalSizes, OddWordsPassALevelWithoutAnAdder)
{
    EXPECT_EQ(tree_full_adders(1, 8), 0);
    EXPECT_EQ(tree_bits(1, 8), 8);
    EXPECT_EQ(tree_full_adders(3, 4), 4 + 5);          // (a + b), then + c
    EXPECT_EQ(tree_full_adders(5, 4), 2 * 4 + 5 + 6);  // two pairs, their sum, and the last word
    EXPECT_EQ(tree_bits(5, 4), 7);
}

TEST(DigitalSizes, CyclesAreInputBitsPerCycleRoundedUp)
{
    config::DigitalConfig digital;
    const int expected[8][3] = {{1, 1, 1}, {2, 1, 1}, {3, 2, 1}, {4, 2, 1},
                                {5, 3, 2}, {6, 3, 2}, {7, 4, 2}, {8, 4, 2}};
    for (int bits = 1; bits <= 8; ++bits) {
        for (int i = 0; i < 3; ++i) {
            digital.input_bits = bits;
            digital.input_bits_per_cycle = 1 << i;
            EXPECT_EQ(cycles_per_vector(digital), expected[bits - 1][i]);
            EXPECT_EQ(latency(digital), expected[bits - 1][i] + 2);
        }
    }
}

TEST(DigitalSizes, AVectorWithoutBitsKeepsOneCycle)
{
    config::DigitalConfig digital;
    EXPECT_EQ(cycles_of(digital, 0), 8);
    digital.skip_zero_planes = true;
    EXPECT_EQ(cycles_of(digital, 0), 1);
    EXPECT_TRUE(is_read(digital, 0, 0));
}

TEST(DigitalSizes, SkippingLeavesOutGroupsWithoutABit)
{
    config::DigitalConfig digital;
    digital.skip_zero_planes = true;
    EXPECT_EQ(cycles_of(digital, 0b0101'0000), 2);
    EXPECT_EQ(cycles_of(digital, 0xffffff80U), 1);  // of -128, sign-extended
    digital.input_bits_per_cycle = 4;
    EXPECT_EQ(cycles_of(digital, 0b0101'0000), 1);
    EXPECT_FALSE(is_read(digital, 0, 0b0101'0000));
    digital.input_bits = 4;
    EXPECT_EQ(cycles_of(digital, 0xfffffff0U), 1);  // no bit of the format
}

TEST(DigitalSizes, AccumulatorIsNoWiderThanTheWordsOfTheTile)
{
    for (const std::size_t rows : {1U, 2U, 3U, 64U, 100U, 256U, 1000U}) {
        config::TileConfig tile;
        tile.kind = config::TileKind::digital_cim;
        tile.rows = rows;
        EXPECT_LE(accumulator_bits(rows, tile.digital), config::count_bits(tile)) << rows;
    }
}

TEST(DigitalSizes, EachBitOfACycleHasATreeAndAnAdder)
{
    config::DigitalConfig digital;
    EXPECT_EQ(column_full_adders(128, digital), 1136 + 23);
    digital.input_bits_per_cycle = 4;
    EXPECT_EQ(column_full_adders(128, digital), 4 * (1136 + 23));
}

}  // namespace
}  // namespace aimc::digital
