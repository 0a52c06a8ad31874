// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/key_origin.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace aimc::config {
namespace {

TEST(KeyOrigin, OfADefaultIsItsSource)
{
    const KeyOrigin origin = key_origin(TileConfig{}, "tile.rows");
    EXPECT_TRUE(origin.is_default);
    EXPECT_EQ(origin.tag, "Source: Khaddam22 (256 x 256 unit cells)");
}

TEST(KeyOrigin, OfAnotherValueIsWhoeverGaveIt)
{
    TileConfig tile;
    tile.rows = 64;
    tile.area.tile_mm2.reset();
    for (const char* path : {"tile.rows", "area.tile_mm2"}) {
        EXPECT_FALSE(key_origin(tile, path).is_default) << path;
        EXPECT_EQ(key_origin(tile, path).tag, "given") << path;
    }
    EXPECT_TRUE(key_origin(tile, "tile.cols").is_default);
}

TEST(KeyOrigin, RefusesWhatIsNoKey)
{
    EXPECT_THROW(key_origin(TileConfig{}, "tile"), std::invalid_argument);
    EXPECT_THROW(key_origin(TileConfig{}, "energy.adc"), std::invalid_argument);
}

}  // namespace
}  // namespace aimc::config
