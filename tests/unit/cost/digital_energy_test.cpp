// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/digital_energy.h"

#include "aimc/cost/published_macros.h"
#include "aimc/digital/digital.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace aimc::cost {
namespace {

/// 4 rows x 2 columns of 3-bit weights and 2-bit inputs, energies that are easy to add up: 10 full
/// adders in a tree, (4 x 3) products, 7 bits of accumulator.
config::TileConfig small()
{
    config::TileConfig tile;
    tile.kind = config::TileKind::digital_cim;
    tile.rows = 4;
    tile.cols = 2;
    tile.digital.weight_bits = 3;
    tile.digital.input_bits = 2;
    tile.energy.digital.gate_fJ = 1.0;
    tile.energy.digital.full_adder_fJ = 10.0;
    tile.energy.digital.register_fJ = 100.0;
    tile.energy.digital.toggle_rate = 1.0;
    return tile;
}

TEST(DigitalEnergy, AddsUpWhatTheGatesTakeInEachCycle)
{
    const DigitalArrayEnergy e = digital_array_energy(small(), 2.0);
    EXPECT_NEAR(*e.gates.per_mvm_nJ, 2 * 2 * 12 * 1e-6, 1e-15);
    EXPECT_NEAR(*e.trees.per_mvm_nJ, 2 * 2 * 10 * 10 * 1e-6, 1e-15);
    EXPECT_NEAR(*e.accumulators.per_mvm_nJ, 2 * 2 * 7 * 10 * 1e-6, 1e-15);
    EXPECT_NEAR(*e.registers.per_mvm_nJ, 2 * 2 * 7 * 100 * 1e-6, 1e-15);
    EXPECT_NEAR(e.per_mvm_nJ, 2 * 2 * 882 * 1e-6, 1e-12);
    EXPECT_NEAR(e.per_mac_fJ, 2 * 2 * 882 / 8.0, 1e-9);
    EXPECT_NEAR(e.tops_per_w, 2000.0 / e.per_mac_fJ, 1e-9);
    EXPECT_EQ(e.trees.tag, "given");
}

TEST(DigitalEnergy, TwoBitsPerCycleSaveRegistersOnly)
{
    config::TileConfig tile = small();
    const DigitalArrayEnergy one = digital_array_energy(tile, 2.0);
    tile.digital.input_bits_per_cycle = 2;
    const DigitalArrayEnergy two = digital_array_energy(tile, 1.0);
    EXPECT_DOUBLE_EQ(*two.gates.per_mvm_nJ, *one.gates.per_mvm_nJ);
    EXPECT_DOUBLE_EQ(*two.trees.per_mvm_nJ, *one.trees.per_mvm_nJ);
    EXPECT_DOUBLE_EQ(*two.accumulators.per_mvm_nJ, *one.accumulators.per_mvm_nJ);
    EXPECT_DOUBLE_EQ(*two.registers.per_mvm_nJ, *one.registers.per_mvm_nJ / 2.0);
}

TEST(DigitalEnergy, GrowsWithCyclesAndToggleRate)
{
    config::TileConfig tile = small();
    const double all = digital_array_energy(tile, 2.0).per_mvm_nJ;
    EXPECT_DOUBLE_EQ(digital_array_energy(tile, 1.0).per_mvm_nJ, all / 2.0);
    tile.energy.digital.toggle_rate = 0.25;
    EXPECT_DOUBLE_EQ(digital_array_energy(tile, 2.0).per_mvm_nJ, all / 4.0);
}

TEST(DigitalEnergy, OneEnergyPerProductScalesWithBothWidths)
{
    config::TileConfig tile = small();
    tile.energy.digital.model = config::DigitalEnergy::per_mac;
    tile.energy.digital.mac_8b_fJ = 64.0;
    const DigitalArrayEnergy e = digital_array_energy(tile, 2.0);
    EXPECT_NEAR(e.per_mac_fJ, 6.0, 1e-12);
    EXPECT_FALSE(e.gates.per_mvm_nJ.has_value()) << "this model does not tell parts apart";
    EXPECT_NEAR(digital_array_energy(tile, 1.0).per_mac_fJ, 3.0, 1e-12);
}

TEST(DigitalEnergy, PowerIsTakenWhileTheArrayReads)
{
    config::TileConfig tile = small();
    tile.energy.digital.model = config::DigitalEnergy::power;
    tile.energy.digital.power_mW = 3.0;
    tile.t_clk_ps = 2000;
    EXPECT_NEAR(digital_array_energy(tile, 2.0).per_mvm_nJ, 12e-3, 1e-15);  // 3 mW x 4 ns
}

TEST(DigitalEnergy, NodesTagWhatIsAssumed)
{
    config::TileConfig tile;
    tile.kind = config::TileKind::digital_cim;
    const DigitalArrayEnergy at_28 = digital_array_energy(tile, 8.0);
    tile.energy.digital.node = config::Node::nm_14;
    const DigitalArrayEnergy at_14 = digital_array_energy(tile, 8.0);
    EXPECT_NEAR(at_14.per_mvm_nJ / at_28.per_mvm_nJ, 0.40, 1e-12);
    EXPECT_EQ(at_28.tag.find("assumed"), std::string::npos);
    EXPECT_NE(at_14.tag.find("assumed"), std::string::npos);
    EXPECT_NE(at_14.trees.tag.find("assumed"), std::string::npos);
}

TEST(DigitalEnergy, ReportHasAnArrayAndAPostUnitButNoConverters)
{
    config::TileConfig tile = small();
    const EnergyReport without = digital_energy_of(tile, 4, 6);
    EXPECT_TRUE(without.adc.is_absent);
    EXPECT_TRUE(without.input.is_absent);
    EXPECT_FALSE(without.adc.per_mvm_nJ.has_value());
    EXPECT_DOUBLE_EQ(without.phases_per_mvm, 1.5);
    EXPECT_DOUBLE_EQ(without.read_nJ, digital_array_energy(tile, 1.5).per_mvm_nJ);
    EXPECT_DOUBLE_EQ(without.per_mvm_nJ, without.read_nJ);
    EXPECT_EQ(without.left_out.size(), 3U);
    tile.energy.nmpu_column_pJ = 500.0;  // 1 nJ
    const EnergyReport with = digital_energy_of(tile, 4, 6);
    EXPECT_DOUBLE_EQ(with.per_mvm_nJ, with.read_nJ + 1.0);
    EXPECT_EQ(with.left_out.size(), 2U);
    EXPECT_EQ(with.tag, "given, at least in part");
    EXPECT_THROW(digital_energy_of(tile, 0, 0), std::invalid_argument);
}

TEST(DigitalMacros, EveryFigureSaysWhatWasSeen)
{
    for (const DigitalMacro& macro : published_digital_macros()) {
        EXPECT_FALSE(std::string(macro.tag).empty()) << macro.name;
        EXPECT_TRUE(macro.tops_per_w.has_value() || macro.tops_per_mm2.has_value()) << macro.name;
        if (macro.is_per_bit) { EXPECT_FALSE(product_energy(macro).has_value()) << macro.name; }
    }
}

TEST(DigitalMacros, EnergyOfAProductIsThatOfTwoOperations)
{
    EXPECT_NEAR(*product_energy({"", 28, "", 16.7, {}, false, ""}), 119.8, 0.05);
    EXPECT_FALSE(product_energy({"", 28, "", {}, 1.0, false, ""}).has_value());
}

}  // namespace
}  // namespace aimc::cost
