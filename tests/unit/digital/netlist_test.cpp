// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/netlist.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace aimc::digital {
namespace {

TEST(Netlist, GatesFollowTheirTruthTables)
{
    Netlist logic;
    const Net a = logic.input();
    const Net b = logic.input();
    const Net not_a = logic.inverter(a);
    const Net nor = logic.nor_gate(a, b);
    const Net nand = logic.nand_gate(a, b);
    const Net differ = logic.xor_gate(a, b);
    for (const bool x : {false, true}) {
        for (const bool y : {false, true}) {
            logic.set(a, x);
            logic.set(b, y);
            logic.settle();
            EXPECT_EQ(logic.value(not_a), !x);
            EXPECT_EQ(logic.value(nor), !(x || y));
            EXPECT_EQ(logic.value(nand), !(x && y));
            EXPECT_EQ(logic.value(differ), x != y);
        }
    }
    EXPECT_EQ(logic.count().inverters, 1);
    EXPECT_EQ(logic.count().products, 2);
    EXPECT_EQ(logic.count().xors, 1);
}

TEST(Netlist, RippleCarryAdderAddsAllWordsOfThreeBits)
{
    Netlist logic;
    const Word a = logic.inputs(3);
    const Word b = logic.inputs(3);
    const Net carry = logic.input();
    const Word sum = logic.ripple_carry_adder(a, b, carry);
    ASSERT_EQ(sum.size(), 4U);
    EXPECT_EQ(logic.count().full_adders, 3);
    for (unsigned all = 0; all < 128; ++all) {
        const unsigned x = all & 7U;
        const unsigned y = all >> 3U & 7U;
        for (unsigned bit = 0; bit < 3; ++bit) {
            logic.set(a[bit], (x >> bit & 1U) != 0);
            logic.set(b[bit], (y >> bit & 1U) != 0);
        }
        logic.set(carry, all >= 64);
        logic.settle();
        unsigned got = 0;
        for (unsigned bit = 0; bit < 4; ++bit) { got |= logic.value(sum[bit]) ? 1U << bit : 0U; }
        EXPECT_EQ(got, x + y + (all >= 64 ? 1U : 0U));
    }
}

TEST(Netlist, RefusesToAddWordsOfTwoWidths)
{
    Netlist logic;
    const Word a = logic.inputs(3);
    const Word b = logic.inputs(2);
    EXPECT_THROW(logic.ripple_carry_adder(a, b, logic.zero()), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::digital
