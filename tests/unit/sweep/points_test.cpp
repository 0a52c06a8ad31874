// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/points.h"

#include "aimc/base/error.h"

#include <gtest/gtest.h>

namespace aimc::sweep {
namespace {

using Texts = std::vector<std::string>;

Texts names(const Points& points)
{
    Texts all;
    for (const auto& column : points.columns()) { all.push_back(column.name); }
    return all;
}

config::SweepFile two_axes()
{
    config::SweepFile s;
    s.path = "s.json";
    s.set = {{"nmpu.lanes", "8"}};
    s.axes = {{{"whole"}, true, {{"0"}, {"1"}}},
              {{"nmpu.scale_fraction", "post"}, false, {{"4", "\"nmpu\""}, {"5", "\"ldpu\""}}}};
    s.derive = {{"nmpu.scale_bits",
                 "whole + nmpu.scale_fraction + 1",
                 {{1, "whole", 0}, {1, "nmpu.scale_fraction", 0}, {1, "", 1}}}};
    return s;
}

TEST(SweepPoints, TheLastAxisIsFastest)
{
    const auto file = two_axes();
    const config::TileConfig base;
    const Points points(file, base);
    ASSERT_EQ(points.size(), 4U);
    EXPECT_EQ(names(points), (Texts{"whole", "nmpu.scale_fraction", "post", "nmpu.scale_bits"}));
    EXPECT_EQ(points.columns()[1].axis, 1U);
    EXPECT_EQ(points.columns()[2].axis, 1U);  // they walk together
    EXPECT_FALSE(points.columns()[2].is_derived);
    EXPECT_TRUE(points.columns()[3].is_derived);
    EXPECT_EQ(points.at(0).values, (Texts{"0", "4", "\"nmpu\"", "5"}));
    EXPECT_EQ(points.at(1).values, (Texts{"0", "5", "\"ldpu\"", "6"}));
    EXPECT_EQ(points.at(2).values, (Texts{"1", "4", "\"nmpu\"", "6"}));
    EXPECT_EQ(points.at(3).values, (Texts{"1", "5", "\"ldpu\"", "7"}));
    EXPECT_EQ(points.at(3).sets, (Texts{"nmpu.lanes=8", "nmpu.scale_fraction=5", "post=\"ldpu\"",
                                        "nmpu.scale_bits=7"}));
}

TEST(SweepPoints, AListComesAfterTheGrid)
{
    auto file = two_axes();
    file.points = {{{"nmpu.cut", "2"}, {"whole", "3"}}, {{"nmpu.scale_bits", "16"}}};
    config::TileConfig base;
    base.nmpu.scale_fraction = 6;
    const Points points(file, base);
    ASSERT_EQ(points.size(), 6U);
    EXPECT_EQ(names(points),
              (Texts{"whole", "nmpu.scale_fraction", "post", "nmpu.cut", "nmpu.scale_bits"}));
    // what is not given is as in the configuration; a formula works on that, too
    EXPECT_EQ(points.at(4).values, (Texts{"3", "6", "\"nmpu\"", "2", "10"}));
    // a key that is given is not derived, and a free axis may have no value then
    EXPECT_EQ(points.at(5).values, (Texts{"null", "6", "\"nmpu\"", "5", "16"}));
    EXPECT_EQ(points.at(0).values[3], "5");
}

TEST(SweepPoints, SetComesBeforeTheConfiguration)
{
    auto file = two_axes();
    file.set = {{"nmpu.scale_fraction", "3"}};
    file.axes.erase(file.axes.begin() + 1);
    const config::TileConfig base;
    EXPECT_EQ(Points(file, base).at(1).values, (Texts{"1", "5"}));
}

TEST(SweepPoints, AFormulaNeedsItsTerms)
{
    auto file = two_axes();
    file.points = {{{"nmpu.cut", "2"}}};
    config::TileConfig base;
    try {
        Points(file, base).at(4);
        ADD_FAILURE() << "was accepted";
    } catch (const ConfigError& error) {
        EXPECT_NE(std::string(error.what()).find("/points/0 lacks whole"), std::string::npos);
    }
    file = two_axes();
    file.derive[0].terms[0].name = "nmpu.scale_exponent";  // may be "calibrate"
    base.nmpu.scale_exponent.reset();
    EXPECT_THROW(Points(file, base).at(0), ConfigError);
}

}  // namespace
}  // namespace aimc::sweep
