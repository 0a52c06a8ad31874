// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/energy.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace aimc::cost {
namespace {

/// 4 rows x 2 columns with energies that are easy to add up.
config::TileConfig small()
{
    config::TileConfig tile;
    tile.rows = 4;
    tile.cols = 2;
    tile.energy.adc_conversion_pJ = 1000.0;  // 2 nJ per phase
    tile.energy.input_phase_pJ = 500.0;      // 2 nJ per phase
    tile.energy.array_mvm_fJ = 125000.0;     // 1 nJ per MVM
    return tile;
}

TEST(Energy, ConvertersAndDriversWorkInEveryPhaseTheArrayOnce)
{
    const EnergyReport one = energy_of(small(), 10, 10);
    EXPECT_DOUBLE_EQ(*one.adc.per_mvm_nJ, 2.0);
    EXPECT_DOUBLE_EQ(*one.input.per_mvm_nJ, 2.0);
    EXPECT_DOUBLE_EQ(*one.array.per_mvm_nJ, 1.0);
    EXPECT_DOUBLE_EQ(one.per_mvm_nJ, 5.0);
    const EnergyReport four = energy_of(small(), 10, 40);
    EXPECT_DOUBLE_EQ(*four.adc.per_mvm_nJ, 8.0);
    EXPECT_DOUBLE_EQ(*four.input.per_mvm_nJ, 8.0);
    EXPECT_DOUBLE_EQ(*four.array.per_mvm_nJ, 1.0);
    EXPECT_DOUBLE_EQ(four.per_mvm_nJ, 17.0);
}

TEST(Energy, SkippedPhasesTakeNothing)
{
    const EnergyReport e = energy_of(small(), 4, 10);  // read in 2.5 phases on average
    EXPECT_DOUBLE_EQ(e.phases_per_mvm, 2.5);
    EXPECT_DOUBLE_EQ(e.per_mvm_nJ, 2.5 * 4.0 + 1.0);
}

TEST(Energy, EfficiencyIsOperationsPerEnergy)
{
    // 2 x 4 x 2 operations in 5 nJ are 3.2 per nJ, 0.0032 TOPS/W
    EXPECT_DOUBLE_EQ(energy_of(small(), 1, 1).tops_per_w, 16.0 / 5.0 * 1e-3);
}

TEST(Energy, AnUnknownPostUnitIsLeftOutAndSaidSo)
{
    for (const auto post : {config::PostUnit::nmpu, config::PostUnit::ldpu}) {
        config::TileConfig tile = small();
        tile.post = post;
        const EnergyReport e = energy_of(tile, 1, 1);
        EXPECT_FALSE(e.digital.per_mvm_nJ.has_value());
        EXPECT_DOUBLE_EQ(e.per_mvm_nJ, e.read_nJ);
        const char* const unit = post == config::PostUnit::nmpu ? "NMPU" : "LDPU";
        EXPECT_NE(e.left_out.front().find(unit), std::string::npos) << e.left_out.front();
    }
}

TEST(Energy, APostUnitOfYourOwnCountsOnceForEachColumn)
{
    config::TileConfig tile = small();
    tile.energy.nmpu_column_pJ = 250.0;
    tile.energy.ldpu_column_pJ = 4000.0;
    EnergyReport e = energy_of(tile, 3, 12);
    EXPECT_DOUBLE_EQ(*e.digital.per_mvm_nJ, 0.5);
    EXPECT_DOUBLE_EQ(e.read_nJ, 17.0);
    EXPECT_DOUBLE_EQ(e.per_mvm_nJ, 17.5);
    EXPECT_EQ(e.digital.tag, "given");
    EXPECT_EQ(e.left_out.size(), 1U) << "nothing but what is never counted";
    tile.post = config::PostUnit::ldpu;
    EXPECT_DOUBLE_EQ(*energy_of(tile, 3, 12).digital.per_mvm_nJ, 8.0);
}

TEST(Energy, TagsOfDefaultsNameTheirSourceAndOthersAreGiven)
{
    const EnergyReport e = energy_of(config::TileConfig{}, 1, 1);
    EXPECT_EQ(e.adc.tag.rfind("Choice: ", 0), 0U);
    EXPECT_NE(e.adc.tag.find("Singh25"), std::string::npos);
    EXPECT_EQ(e.input.tag.rfind("Choice: ", 0), 0U);
    EXPECT_EQ(e.array.tag.rfind("Derived: ", 0), 0U);
    EXPECT_EQ(e.digital.tag.rfind("Choice: ", 0), 0U);
    EXPECT_EQ(e.tag.rfind("Derived: energies per event set to match", 0), 0U);
    EXPECT_TRUE(e.is_set_to_match);
    config::TileConfig tile;
    tile.energy.input_phase_pJ = 17.0;
    const EnergyReport other = energy_of(tile, 1, 1);
    EXPECT_EQ(other.input.tag, "given");
    EXPECT_EQ(other.adc.tag, e.adc.tag);
    EXPECT_EQ(other.tag, "given, at least in part");
    EXPECT_FALSE(other.is_set_to_match);
}

TEST(Energy, AnotherCoreOrWindowDoesNotMatchThePublishedTotals)
{
    std::vector<config::TileConfig> tiles(4);
    tiles[0].rows = 128;
    tiles[1].cols = 255;
    tiles[2].read.n_window = 256;
    tiles[3].t_clk_ps = 500;
    for (const auto& tile : tiles) {
        const EnergyReport e = energy_of(tile, 1, 1);
        EXPECT_FALSE(e.is_set_to_match);
        EXPECT_EQ(e.tag.rfind("Choice: ", 0), 0U) << e.tag;
    }
    config::TileConfig slow;  // 256 cycles of half a nanosecond are the published window
    slow.read.n_window = 256;
    slow.t_clk_ps = 500;
    EXPECT_TRUE(energy_of(slow, 1, 1).is_set_to_match);
}

TEST(Energy, PartsComeInTheOrderOfTheReport)
{
    const EnergyReport e = energy_of(small(), 1, 1);
    std::string names;
    double sum = 0.0;
    for (const auto& [name, part] : e.parts()) {
        names += std::string(name) + " ";
        sum += part->per_mvm_nJ.value_or(0.0);
    }
    EXPECT_EQ(names, "adc input array digital ");
    EXPECT_DOUBLE_EQ(sum, e.per_mvm_nJ);
}

TEST(Energy, NeedsAnMvm) { EXPECT_THROW(energy_of(small(), 0, 0), std::invalid_argument); }

}  // namespace
}  // namespace aimc::cost
