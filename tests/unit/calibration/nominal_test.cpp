// SPDX-License-Identifier: Apache-2.0
// What a count is by design, for every kind of tile and map of weights: the scale that a fit finds
// on a tile without errors.
#include "aimc/calibration/calibrate.h"
#include "aimc/schemes/scheme.h"

#include "support/kind_tiles.h"
#include "support/tiny_work.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace aimc::calibration {
namespace {

using config::GMap;
using config::Scheme;
using config::TileConfig;
using test::layer_of;

/// Tiles of 16 x 8 without errors, fine enough that a fit sees the design: what they lose is the
/// counter's or the stored weight's rounding.
std::vector<std::pair<std::string, TileConfig>> plain_tiles()
{
    TileConfig analog = test::tiny_tile();
    analog.adc.gain_MHz_per_uA = 1000.0;
    TileConfig native = test::tiny_tile();
    native.kind = config::TileKind::pim;
    native.pim.weight_bits = 9;
    native.pim.input_bits = native.pim.slice_bits = 7;
    native.pim.bits = 16;
    TileConfig differential = native;
    differential.pim.scheme = Scheme::differential;
    differential.pim.group_size = 5;
    TileConfig bit_serial = native;
    bit_serial.pim.scheme = Scheme::bit_serial;
    bit_serial.pim.slice_bits = 3;
    bit_serial.pim.bits = 12;  // more codes than sums
    std::vector<std::pair<std::string, TileConfig>> all{{"analog", analog},
                                                        {"native", native},
                                                        {"differential", differential},
                                                        {"bit_serial", bit_serial},
                                                        {"digital", test::tiny_digital()}};
    for (auto& [name, c] : all) {
        c.rows = 16;
        c.cols = 8;
        c.calibration.method = config::CalibrationMethod::least_squares;
        c.calibration.count = 512;
        c.nmpu.scale_exponent.reset();
    }
    return all;
}

/// Columns whose largest codes are 120, 60, 90 and 30.
config::Layer layer_at(std::size_t first_row, std::size_t first_col)
{
    const int peaks[] = {120, -60, 90, -30};
    config::Layer layer;
    layer.name = "layer";
    layer.weights = Matrix<std::int16_t>(8, 4);
    test::Dice dice(6);
    for (std::size_t r = 0; r < 8; ++r) {
        for (std::size_t c = 0; c < 4; ++c) {
            const int most = std::abs(peaks[c]);
            layer.weights.row(r)[c] =
                static_cast<std::int16_t>(r == 0 ? peaks[c] : dice.roll(-most, most));
        }
    }
    layer.rows = {first_row, first_row + 8};
    layer.cols = {first_col, first_col + 4};
    return layer;
}

config::Workload work_of(int n_layers)
{
    config::Workload work;
    work.layers = {layer_at(0, 0)};
    if (n_layers == 2) { work.layers.push_back(layer_at(8, 4)); }
    return work;
}

TEST(NominalCounts, AreTheScalesThatAFitFindsWithoutErrors)
{
    for (const auto& [name, plain] : plain_tiles()) {
        for (const GMap map : {GMap::tile, GMap::column, GMap::as_given}) {
            for (const int n_layers : {1, 2}) {
                SCOPED_TRACE(name + ", map " + std::to_string(static_cast<int>(map)) + ", " +
                             std::to_string(n_layers) + " layers");
                TileConfig c = plain;
                c.crossbar.g_map = map;
                const auto work = work_of(n_layers);
                mvm::Chip chip = mvm::make_chip(c, cell_targets(c, work));
                const auto layers = calibrate(c, chip, work, best_simd_level());
                const auto& layer = work.layers.back();
                const auto nominal = nominal_counts(c, 1.0, layer, n_layers == 1);
                ASSERT_EQ(nominal.size(), 4U);
                for (std::size_t col = 0; col < 4; ++col) {
                    const AffineFit& fit = layers.back().fits[col];
                    EXPECT_NEAR(fit.s_p, nominal[col], 0.02 * nominal[col]) << "column " << col;
                    EXPECT_NEAR(fit.s_n, nominal[col], 0.02 * nominal[col]) << "column " << col;
                }
            }
        }
    }
}

TEST(NominalCounts, OfADigitalTileAreOnePerStoredStep)
{
    TileConfig c = test::tiny_digital();
    const config::Layer layer = layer_at(0, 0);
    using All = std::vector<double>;
    c.crossbar.g_map = GMap::tile;
    EXPECT_EQ(nominal_counts(c, 1.0, layer, true), All(4, 1.0)) << "codes are stored as they are";
    EXPECT_EQ(nominal_counts(c, 0.5, layer, true), All(4, 1.0)) << "there is no mirror";
    c.crossbar.g_map = GMap::column;  // each column's largest code is 127 steps
    const auto by_column = nominal_counts(c, 1.0, layer, true);
    const double peaks[] = {120.0, 60.0, 90.0, 30.0};
    for (std::size_t col = 0; col < 4; ++col) {
        EXPECT_DOUBLE_EQ(by_column[col], peaks[col] / 127.0);
    }
    c.crossbar.g_map = GMap::tile;  // beside another layer all of a layer shares its scale
    EXPECT_DOUBLE_EQ(nominal_counts(c, 1.0, layer, false)[3], 120.0 / 127.0);
    c.digital.weight_bits = 4;  // 7 steps for 120 codes
    EXPECT_DOUBLE_EQ(nominal_counts(c, 1.0, layer, true)[0], 120.0 / 7.0);
    c.crossbar.g_map = GMap::as_given;
    EXPECT_DOUBLE_EQ(nominal_counts(c, 1.0, layer, true)[0], layer.code_max / 7.0);
}

TEST(NominalCounts, OfAPimTileAreTheStepOfItsConverter)
{
    TileConfig c = test::tiny_pim(Scheme::differential);
    c.crossbar.g_map = GMap::as_given;
    config::Layer layer = layer_of({{7, -3}, {1, 2}});
    layer.code_max = 7;
    EXPECT_DOUBLE_EQ(nominal_counts(c, 1.0, layer, true)[0], schemes::step(c.pim));
    layer.code_max = 127;
    EXPECT_DOUBLE_EQ(nominal_counts(c, 1.0, layer, true)[1], schemes::step(c.pim) * 127.0 / 7.0);
    c.pim.range_share = 0.5;
    EXPECT_DOUBLE_EQ(nominal_counts(c, 1.0, layer, true)[1], schemes::step(c.pim) * 127.0 / 7.0);
}

TEST(NominalCounts, OfAColumnOfNothingAreFinite)
{
    for (const auto& [name, c] : plain_tiles()) {
        const auto nominal = nominal_counts(c, 1.0, layer_of({{0, 0}, {0, 0}}), true);
        for (const double one : nominal) { EXPECT_TRUE(std::isfinite(one) && one > 0.0) << name; }
    }
}

}  // namespace
}  // namespace aimc::calibration
