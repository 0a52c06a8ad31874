// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/hardware.h"

#include <gtest/gtest.h>

namespace aimc::cost {
namespace {

/// One lane and one column: what is left are the sizes of a single lane. Polarity with both offset
/// words.
config::TileConfig one_lane(config::Branch branch = config::Branch::polarity)
{
    config::TileConfig tile;
    tile.cols = 1;
    tile.nmpu.lanes = 1;
    tile.nmpu.branch = branch;
    if (branch == config::Branch::polarity) { tile.nmpu.offsets = 2; }
    return tile;
}

// By hand, defaults: scale (1,7), count 12 bits, cut 5, k = 2, offset (7,1), residual 16 bits.
// Signed count 13, P = 8 + 13 = 21, P1 = 16; o aligned = 8 + 1 = 9; residual aligned = 18.
TEST(Hardware, PolarityByHand)
{
    const HardwareCost c = hardware_cost(one_lane());
    EXPECT_EQ(c.storage_bits, 2U * 8 + 2U * 8);
    EXPECT_EQ(c.multiplier_bit_products, 2U * 8 * 12);
    // two branch sums of 17, their difference 18, with the residual 19, rounding to 19 - 2 + 1
    EXPECT_EQ(c.adder_bits, 17U + 17 + 18 + 19 + 18);
    EXPECT_EQ(c.bits(), 32U + 192 + 89);
}

TEST(Hardware, OneOffsetWordSavesItsStorageAndItsAdder)
{
    config::TileConfig tile = one_lane();
    tile.nmpu.offsets = 1;
    const HardwareCost c = hardware_cost(tile);
    EXPECT_EQ(c.storage_bits, 2U * 8 + 8);
    EXPECT_EQ(c.adder_bits, 17U + 18 + 19 + 18);
}

TEST(Hardware, DifferenceByHand)
{
    const HardwareCost c = hardware_cost(one_lane(config::Branch::difference));
    EXPECT_EQ(c.storage_bits, 8U + 8);
    EXPECT_EQ(c.multiplier_bit_products, 8U * 13) << "the difference has a sign";
    // c+ - c- 13, branch sum 17, with the residual 19, rounding 18
    EXPECT_EQ(c.adder_bits, 13U + 17 + 19 + 18);
}

TEST(Hardware, SingleByHand)
{
    const HardwareCost c = hardware_cost(one_lane(config::Branch::single));
    EXPECT_EQ(c.storage_bits, 8U + 8);
    EXPECT_EQ(c.multiplier_bit_products, 8U * 12) << "a signed count in a word of the same width";
    // P1 = 8 + 12 - 5 = 15, branch sum 16, with the residual 19, rounding 18
    EXPECT_EQ(c.adder_bits, 16U + 19 + 18);
}

TEST(Hardware, RoundingTheProductTakesAnIncrementInEachBranch)
{
    config::TileConfig tile = one_lane();
    tile.nmpu.cut = 3;
    tile.nmpu.round_bits = 2;
    // P1 = 18, P2 = 18 - 2 + 1 = 17: 17 twice, then each sum one bit wider than by cutting alone
    EXPECT_EQ(hardware_cost(tile).adder_bits, 2U * (17 + 18) + 19 + 20 + 19);
    tile.nmpu.round_mode = RoundMode::trn;
    EXPECT_EQ(hardware_cost(tile).adder_bits, 89U) << "SC_TRN only drops";
}

TEST(Hardware, RoundingTheOutputIsFreeWhenNothingIsKeptOrItIsCut)
{
    config::TileConfig tile = one_lane();
    tile.nmpu.final_round_mode = RoundMode::trn;
    EXPECT_EQ(hardware_cost(tile).adder_bits, 89U - 18);
    tile.nmpu = one_lane().nmpu;
    tile.nmpu.cut = 7;  // k = 0: P1 = 14, o = round(8 bits, 1) = 8, residual 16
    tile.nmpu.partial_fraction = 0;
    EXPECT_EQ(hardware_cost(tile).adder_bits, 15U + 15 + 16 + 17);
}

TEST(Hardware, ANarrowerPartialSumTakesARounding)
{
    config::TileConfig tile = one_lane();
    tile.nmpu.partial_fraction = 1;
    EXPECT_EQ(hardware_cost(tile).adder_bits, 89U + 19);  // 19 - 1 + 1
    tile.nmpu.round_mode = RoundMode::trn;
    EXPECT_EQ(hardware_cost(tile).adder_bits, 89U);
}

TEST(Hardware, TheExponentWidensTheAddersOnly)
{
    config::TileConfig tile = one_lane();
    tile.nmpu.scale_exponent = 3;
    const HardwareCost three = hardware_cost(tile);
    // P1 = 19: 20, 20, 21, 22, 21
    EXPECT_EQ(three.adder_bits, 104U);
    EXPECT_EQ(three.multiplier_bit_products, 192U);
    tile.nmpu.scale_exponent.reset();  // calibrated: room for the largest, 4
    EXPECT_EQ(hardware_cost(tile).adder_bits, 109U);
}

TEST(Hardware, LanesMultiplyLogicAndColumnsStorageAlsoWhenTheyDoNotDivide)
{
    config::TileConfig tile = one_lane();
    tile.cols = 10;
    tile.nmpu.lanes = 7;
    const HardwareCost c = hardware_cost(tile);
    EXPECT_EQ(c.storage_bits, 10U * 32);
    EXPECT_EQ(c.multiplier_bit_products, 7U * 192);
    EXPECT_EQ(c.adder_bits, 7U * 89);
}

TEST(Hardware, StorageOfTheDefaultTileIs768Bytes)
{
    config::TileConfig tile;
    EXPECT_EQ(hardware_cost(tile).storage_bits, 8U * 768);
    tile.nmpu.offsets = 2;
    EXPECT_EQ(hardware_cost(tile).storage_bits, 8U * 1024);
}

TEST(Hardware, LdpuByHand)
{
    config::TileConfig tile;
    tile.post = config::PostUnit::ldpu;
    tile.cols = 10;
    tile.ldpu.lanes = 3;
    const HardwareCost c = hardware_cost(tile);
    EXPECT_EQ(c.storage_bits, 10U * 5 * 16);
    EXPECT_EQ(c.multiplier_bit_products, 3U * 121);
    EXPECT_EQ(c.adder_bits, 3U * (35 + 11));
    tile.nmpu.scale_bits = 16;
    tile.adc.count_bits = 24;
    EXPECT_EQ(hardware_cost(tile).bits(), c.bits()) << "its words are binary16 whatever the NMPU's";
}

TEST(Hardware, WiderWordsCostMore)
{
    const std::uint64_t before = hardware_cost(config::TileConfig{}).bits();
    for (int i = 0; i < 5; ++i) {
        config::TileConfig tile;
        switch (i) {
            case 0: ++tile.nmpu.scale_bits; break;
            case 1: ++tile.nmpu.offset_bits; break;
            case 2: ++tile.nmpu.lanes; break;
            case 3: ++tile.adc.count_bits; break;
            default: --tile.nmpu.cut; break;
        }
        EXPECT_GT(hardware_cost(tile).bits(), before) << i;
    }
}

}  // namespace
}  // namespace aimc::cost
