// SPDX-License-Identifier: Apache-2.0
#include "aimc/budget/sources.h"

#include "budget_tile.h"

#include <gtest/gtest.h>

#include <string>

namespace aimc::budget {
namespace {

using config::TileConfig;
using test::budget_tile;
using test::noisy_tile;

TEST(Sources, AreNamedInTheOrderOfTheSignalPath)
{
    std::string names;
    for (const Source s : all_sources()) { names += name_of(s, config::PostUnit::nmpu) + ' '; }
    EXPECT_EQ(names,
              "programming read_noise drift ir_drop faults polarity adc_fixed adc_noise "
              "quantisation nmpu_rounding ");
    EXPECT_EQ(name_of(Source::post_rounding, config::PostUnit::ldpu), "ldpu_rounding");
}

TEST(Sources, AnIdealTileHasQuantisationAndRoundingOnly)
{
    const Switches on = present(budget_tile());
    EXPECT_EQ(on.key(), Switches{}.with(Source::quantisation).with(Source::post_rounding).key());
    EXPECT_EQ(why_absent(Source::programming, budget_tile()), "device.model is ideal");
    EXPECT_EQ(why_absent(Source::adc_noise, budget_tile()), "adc.sigma_lsb is 0");
}

TEST(Sources, AreAbsentOneByOne)
{
    const TileConfig full = [] {
        TileConfig c = noisy_tile();
        c.crossbar.ir_drop = config::IrDrop::first_order;
        c.device.faults.dead_row_rate = 0.01;
        return c;
    }();
    for (const Source s : all_sources()) { EXPECT_EQ(why_absent(s, full), ""); }
    TileConfig c = full;
    c.device.age_s = 0.0;
    EXPECT_EQ(why_absent(Source::drift, c), "device.age_s is 0");
    EXPECT_EQ(why_absent(Source::programming, c), "");
    c.device.drift = false;
    EXPECT_EQ(why_absent(Source::drift, c), "device.drift is off");
    c.device.programming_noise = false;
    EXPECT_NE(why_absent(Source::programming, c), "");
    c.device.read_noise = config::ReadNoise::none;
    EXPECT_NE(why_absent(Source::read_noise, c), "");
    c.device.faults.dead_row_rate = 0.0;
    EXPECT_NE(why_absent(Source::faults, c), "");
    c.device.faults.file = "listed.json";
    EXPECT_EQ(why_absent(Source::faults, c), "");
    c.crossbar.ir_drop = config::IrDrop::none;
    EXPECT_NE(why_absent(Source::ir_drop, c), "");
    c.device.polarity_asymmetry_mean = 0.0;
    EXPECT_EQ(why_absent(Source::polarity, c), "");  // the spread is left
    c.adc.curves = config::CurveSource::ideal;
    EXPECT_EQ(why_absent(Source::adc_fixed, c), "");  // the input offset is left
    c.adc.input_offset_sd_uA = 0.0;
    EXPECT_NE(why_absent(Source::adc_fixed, c), "");
}

}  // namespace
}  // namespace aimc::budget
