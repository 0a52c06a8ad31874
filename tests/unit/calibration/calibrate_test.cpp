// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/calibrate.h"

#include "support/tiny_tile.h"
#include "support/tiny_work.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <limits>
#include <vector>

namespace aimc::calibration {
namespace {

using config::GMap;
using test::layer_of;
using test::matrix;
using test::tiny_tile;
using test::tiny_work;

/// The tiny tile with an oscillator that makes 500 units of W x one count, calibrated.
config::TileConfig calibrated_tile()
{
    config::TileConfig c = tiny_tile();
    c.adc.gain_MHz_per_uA = 100.0;
    c.calibration.method = config::CalibrationMethod::least_squares;
    c.calibration.count = 512;
    return c;
}

TEST(Calibration, PutsCodesOnTheWordLinesOfTheirLayer)
{
    const auto x = matrix<std::int8_t>({{1, 2}, {-3, 4}});
    EXPECT_EQ(on_word_lines(x, {1, 3}, 4), matrix<std::int8_t>({{0, 1, 2, 0}, {0, -3, 4, 0}}));
    EXPECT_EQ(on_word_lines(x, {0, 2}, 2), x);
}

TEST(Calibration, ComputesTheIdealProductByColumn)
{
    const auto work = tiny_work();
    std::vector<std::int64_t> y(4, -99);
    ideal_product(work.layers[0], work.inputs.row(2), y.data());  // x = 1, 2, 3, 4
    EXPECT_EQ(y, (std::vector<std::int64_t>{-8, 20, 0, 258}));
    ideal_product(work.layers[0], work.inputs.row(5), y.data());
    EXPECT_EQ(y, (std::vector<std::int64_t>(4, 0)));
}

TEST(Calibration, HandsOnCodesThatTheNextTileTakes)
{
    EXPECT_EQ(next_code(100, 0), 100);
    EXPECT_EQ(next_code(127, 1), 63);
    EXPECT_EQ(next_code(-127, 1), -64) << "an arithmetic shift goes down";
    EXPECT_EQ(next_code(128, 0), 127);
    EXPECT_EQ(next_code(-128, 0), -127) << "-128 is no input code";
    EXPECT_EQ(next_code(300, 2), 75);
}

TEST(CellTargets, AsGivenKeepsEveryCode)
{
    const auto work = tiny_work();
    const auto targets = cell_targets(tiny_tile(), work);
    EXPECT_EQ(targets.codes, work.layers[0].weights);
    EXPECT_EQ(targets.full_scale, 127);
}

TEST(CellTargets, MapPerTileMakesTheLargestWeightGMax)
{
    config::TileConfig c = tiny_tile();
    c.crossbar.g_map = GMap::tile;
    config::Workload work;
    work.layers = {layer_of({{10, -40}, {20, 5}})};
    const auto targets = cell_targets(c, work);
    EXPECT_EQ(targets.full_scale, 40) << "w = code / 40";
    EXPECT_EQ(targets.codes, matrix<std::int16_t>(
                                 {{10, -40, 0, 0}, {20, 5, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}));
}

TEST(CellTargets, MapPerColumnMakesEachColumnsLargestWeightGMax)
{
    config::TileConfig c = tiny_tile();
    c.crossbar.g_map = GMap::column;
    config::Workload work;
    work.layers = {layer_of({{10, -40, 0}, {20, 5, 0}})};
    const auto targets = cell_targets(c, work);
    EXPECT_EQ(targets.full_scale, 32767);
    EXPECT_EQ(targets.codes(WordLine{1}, BitLine{0}).raw_for_test(), 0);
}

}  // namespace
}  // namespace aimc::calibration
