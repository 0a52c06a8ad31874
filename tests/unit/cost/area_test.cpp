// SPDX-License-Identifier: Apache-2.0
#include "aimc/cost/area.h"

#include <gtest/gtest.h>

#include <functional>

namespace aimc::cost {
namespace {

config::TileConfig with(config::PostUnit post)
{
    config::TileConfig tile;
    tile.post = post;
    return tile;
}

bool starts(const std::string& text, const std::string& with_what)
{
    return text.rfind(with_what, 0) == 0;
}

TEST(Area, OfThePublishedUnitsIsTheRatio)
{
    const AreaReport nmpu = area_of(with(config::PostUnit::nmpu));
    EXPECT_EQ(nmpu.post_in_nmpus.value, 64.0);
    EXPECT_EQ(nmpu.ldpu_in_nmpus.value, 505.0);
    EXPECT_EQ(nmpu.tile_mm2.value, 0.634);
    EXPECT_TRUE(starts(nmpu.tile_mm2.tag, "Derived: ")) << nmpu.tile_mm2.tag;
    EXPECT_EQ(nmpu.adc_share.value, 0.4);
    EXPECT_TRUE(starts(nmpu.adc_share.tag, "Source: Singh25, second-hand notes"));
    EXPECT_TRUE(starts(nmpu.post_in_nmpus.tag, "Source: Ferro24, machine-made summary"));
    EXPECT_EQ(area_of(with(config::PostUnit::ldpu)).post_in_nmpus.value, 505.0);
}

TEST(Area, NothingAbsoluteIsMadeUpForThePostUnit)
{
    for (const auto post : {config::PostUnit::nmpu, config::PostUnit::ldpu}) {
        const AreaFigure figure = area_of(with(post)).post_mm2;
        EXPECT_FALSE(figure.value.has_value());
        EXPECT_TRUE(starts(figure.tag, "Choice: none")) << figure.tag;
    }
}

TEST(Area, AnotherNmpuThanThePublishedOneIsUnknown)
{
    const std::vector<std::function<void(config::TileConfig&)>> changes{
        [](auto& t) { t.nmpu.lanes = 32; },
        [](auto& t) { t.cols = 128; },
        [](auto& t) { t.nmpu.branch = config::Branch::difference; },
        [](auto& t) { t.nmpu.scale_bits = 9; },
        [](auto& t) { t.nmpu.scale_fraction = 6; },
        [](auto& t) { t.nmpu.offset_bits = 9; },
        [](auto& t) { t.nmpu.offset_fraction = 0; },
    };
    for (const auto& change : changes) {
        config::TileConfig tile;
        change(tile);
        const AreaFigure figure = area_of(tile).post_in_nmpus;
        EXPECT_FALSE(figure.value.has_value());
        EXPECT_TRUE(starts(figure.tag, "unknown: ")) << figure.tag;
    }
    config::TileConfig tile;  // not known of the published unit, so ours is as good as any
    tile.nmpu.cut = 4;
    tile.nmpu.round_mode = RoundMode::trn;
    EXPECT_EQ(area_of(tile).post_in_nmpus.value, 64.0);
}

TEST(Area, OurScaleExponentIsNotInThePublishedFigure)
{
    config::TileConfig tile;
    const std::string plain = area_of(tile).post_in_nmpus.tag;
    EXPECT_EQ(plain.find("exponent"), std::string::npos);
    tile.nmpu.scale_exponent.reset();
    EXPECT_EQ(area_of(tile).post_in_nmpus.tag,
              plain + ", without the shifter of our scale exponent");
}

TEST(Area, AnotherLdpuIsUnknownUnlessItsRatioIsGiven)
{
    config::TileConfig tile = with(config::PostUnit::ldpu);
    tile.ldpu.lanes = 8;
    EXPECT_FALSE(area_of(tile).post_in_nmpus.value.has_value());
    tile.area.ldpu_in_nmpus = 900.0;
    EXPECT_EQ(area_of(tile).post_in_nmpus.value, 900.0);
    EXPECT_EQ(area_of(tile).post_in_nmpus.tag, "given");
}

TEST(Area, OfTheTileIsKnownForThePublishedSizeOrWhenGiven)
{
    config::TileConfig tile;
    tile.rows = 128;
    EXPECT_FALSE(area_of(tile).tile_mm2.value.has_value());
    EXPECT_TRUE(starts(area_of(tile).tile_mm2.tag, "unknown: "));
    EXPECT_FALSE(area_of(tile).adc_share.value.has_value());
    tile.area.tile_mm2 = 0.4;
    EXPECT_EQ(area_of(tile).tile_mm2.value, 0.4);
    EXPECT_EQ(area_of(tile).tile_mm2.tag, "given");
    tile.area.tile_mm2.reset();
    EXPECT_FALSE(area_of(tile).tile_mm2.value.has_value());
}

TEST(Area, ALaneOfYourOwnGivesAnAbsoluteArea)
{
    config::TileConfig tile;
    tile.area.nmpu_um2 = 250.0;
    EXPECT_DOUBLE_EQ(*area_of(tile).post_mm2.value, 64 * 250.0e-6);
    tile.nmpu.lanes = 50;  // the lane is given as configured, so any number of them will do
    EXPECT_DOUBLE_EQ(*area_of(tile).post_mm2.value, 50 * 250.0e-6);
    EXPECT_EQ(area_of(tile).post_mm2.tag, "given");
    tile.post = config::PostUnit::ldpu;
    EXPECT_DOUBLE_EQ(*area_of(tile).post_mm2.value, 505 * 250.0e-6);
    tile.ldpu.passes = 2;
    EXPECT_FALSE(area_of(tile).post_mm2.value.has_value()) << "its ratio is not known";
}

}  // namespace
}  // namespace aimc::cost
