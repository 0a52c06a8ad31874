// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/calibrate.h"

#include "aimc/calibration/affine_fit.h"

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
    EXPECT_EQ(next_code(75, 1, {-15, 15}), 15) << "narrow inputs";
    EXPECT_EQ(next_code(-75, 1, {0, 15}), 0) << "inputs without sign";
}

TEST(Calibration, PlaysCodesThatTheTileTakes)
{
    config::TileConfig config;
    config.calibration.count = 64;
    config.kind = config::TileKind::pim;
    const auto x = random_vectors(config, 33, 0);
    const auto [least, most] = std::minmax_element(x.data().begin(), x.data().end());
    EXPECT_EQ(*least, -15);
    EXPECT_EQ(*most, 15);
    config.kind = config::TileKind::digital_cim;
    config.digital.signed_inputs = false;
    const auto unsigned_x = random_vectors(config, 33, 0);
    const auto ends = std::minmax_element(unsigned_x.data().begin(), unsigned_x.data().end());
    EXPECT_EQ(*ends.first, 0);
    EXPECT_EQ(*ends.second, 127);
}

TEST(CurrentRatio, ACurveThatNeverRisesHasNoCeiling)
{
    config::TileConfig tile = tiny_tile();
    tile.adc.full_scale_uA = 5.0;  // the largest peak is 7.6 uA
    const auto work = tiny_work();
    mvm::Chip chip = mvm::make_chip(tile, cell_targets(tile, work));
    const double ratio = choose_current_ratio(tile, chip, work.inputs);
    EXPECT_LT(ratio, 1.0);
    EXPECT_GT(ratio, 0.1);
    chip.curves.columns[2].pos = chip.curves.columns[2].neg = {{0.0, 0.0}, {5.0, 0.0}};
    EXPECT_EQ(choose_current_ratio(tile, chip, work.inputs), ratio) << "column 2 is all zeros";
    EXPECT_EQ(converters::to_table(chip.curves, 0.02, ratio).last_start[2],
              std::numeric_limits<std::int32_t>::max());
    for (auto& column : chip.curves.columns) { column.pos = column.neg = {{0.0, 3.0}, {5.0, 3.0}}; }
    EXPECT_EQ(choose_current_ratio(tile, chip, work.inputs), 1.0);
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
    EXPECT_EQ(targets.codes,
              matrix<std::int16_t>({{10, -40, 0, 0}, {20, 5, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}));
}

TEST(CellTargets, MapPerColumnMakesEachColumnsLargestWeightGMax)
{
    config::TileConfig c = tiny_tile();
    c.crossbar.g_map = GMap::column;
    config::Workload work;
    work.layers = {layer_of({{10, -40, 0}, {20, 5, 0}})};
    const auto targets = cell_targets(c, work);
    EXPECT_EQ(targets.full_scale, 32767);
    EXPECT_EQ(targets.codes, matrix<std::int16_t>({{16384, -32767, 0, 0},  // 16383.5 goes up
                                                   {32767, 4096, 0, 0},    // 4095.875
                                                   {0, 0, 0, 0},
                                                   {0, 0, 0, 0}}));
}

TEST(CellTargets, PutsLayersSideBySideOnOneScale)
{
    config::Workload work;
    work.layers = {layer_of({{127, -1}, {0, 64}}), layer_of({{5, -127}, {1, 0}})};
    work.layers[1].rows = {2, 4};
    work.layers[1].cols = {2, 4};
    const auto targets = cell_targets(tiny_tile(), work);
    EXPECT_EQ(targets.full_scale, 32767);
    EXPECT_EQ(targets.codes,
              matrix<std::int16_t>(
                  {{32767, -258, 0, 0}, {0, 16513, 0, 0}, {0, 0, 1290, -32767}, {0, 0, 258, 0}}));
}

TEST(FixedWords, AreTheSameForEveryColumn)
{
    config::TileConfig c = tiny_tile();
    c.calibration.fixed_scale = 1.5;
    c.calibration.fixed_offset = -3.5;
    auto work = tiny_work();
    work.layers[0].activation = config::Activation::relu;
    const auto layers = fixed_words(c, work);
    ASSERT_EQ(layers.size(), 1u);
    const auto& words = layers[0].words;
    EXPECT_EQ(words.nmpu, std::vector<nmpu::AffineWords>(4, {192, 192, -7, 0}));
    EXPECT_EQ(words.activation, config::Activation::relu);
    EXPECT_EQ(words.scale_exponent, 0);
    ASSERT_EQ(words.ldpu.size(), 4u);
    EXPECT_EQ(words.ldpu[3].scale_p, ldpu::from_double(1.5));
    EXPECT_EQ(words.ldpu[3].scale_n, ldpu::from_double(1.5));
    EXPECT_EQ(words.ldpu[3].offset, ldpu::from_double(-3.5));
    EXPECT_EQ(words.ldpu[3].gamma, ldpu::from_int(1));
    EXPECT_EQ(words.ldpu[3].beta, ldpu::from_int(0));
    c.nmpu.scale_exponent = 1;
    c.nmpu.branch = config::Branch::difference;
    EXPECT_EQ(fixed_words(c, work)[0].words.nmpu[0], (nmpu::AffineWords{96, 0, -7, 0}));
}

TEST(FixedWords, SayWhatAnOutputLsbIsWorth)
{
    config::TileConfig c = tiny_tile();  // one count per unit of W x
    EXPECT_NEAR(fixed_words(c, tiny_work())[0].y_lsb, 1.0, 1e-12);
    c.calibration.fixed_scale = 0.5;
    EXPECT_NEAR(fixed_words(c, tiny_work())[0].y_lsb, 2.0, 1e-12);
    c.adc.gain_MHz_per_uA = 5000.0;
    EXPECT_NEAR(fixed_words(c, tiny_work())[0].y_lsb, 20.0, 1e-12);
}

TEST(FixedWords, CountTheMirrorRatioInTheOutputLsb)
{
    config::TileConfig c = tiny_tile();
    c.adc.current_ratio = 0.25;  // the oscillator sees a quarter of the current
    const auto work = tiny_work();
    EXPECT_NEAR(fixed_words(c, work)[0].y_lsb, 4.0, 1e-12);
    const mvm::Chip chip = mvm::make_chip(c, cell_targets(c, work));
    mvm::ReadPath::Scratch scratch;
    std::vector<std::int32_t> c_p(4);
    std::vector<std::int32_t> c_n(4);
    const auto x = matrix<std::int8_t>({{100, 0, 0, 0}});
    mvm::ReadPath(c, chip).read(x.row(0), {}, scratch, c_p.data(), c_n.data());
    EXPECT_EQ(c_p[3], 127 * 100 / 4) << "and so it is";
}

/// Columns that all use much of the range, but for one of nothing.
config::Workload wide_work()
{
    config::Workload work;
    work.layers = {
        layer_of({{127, -90, 0, 60}, {-80, 120, 0, -127}, {100, 50, 0, 90}, {-60, -110, 0, -100}})};
    return work;
}

TEST(Calibration, CorrectsAnIdealTileToWithinAnLsb)
{
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        config::TileConfig c = calibrated_tile();
        c.read.mode = mode;
        const auto work = wide_work();
        mvm::Chip chip = mvm::make_chip(c, cell_targets(c, work));
        const auto layers = calibrate(c, chip, work, SimdLevel::scalar);
        ASSERT_EQ(layers.size(), 1u);
        const auto& l = layers[0];
        EXPECT_EQ(l.vectors, 512u);
        const std::uint64_t a = mode == config::ReadMode::one_phase ? 133 : 521;
        EXPECT_EQ(l.cycles, 512 * a + 5) << "back to back on this tile, N = 2 + 3";
        EXPECT_EQ(l.rank_deficient, 1u) << "the column of nothing";
        EXPECT_EQ(l.words.nmpu[2], (nmpu::AffineWords{128, 128, 0, 0}));
        EXPECT_EQ(l.scales_clipped + l.offsets_clipped, 0u);
        for (const std::size_t column : {0U, 1U, 3U}) {
            EXPECT_NEAR(l.gain_after[column], 1.0, 0.02);
            EXPECT_NEAR(l.offset_after[column], 0.0, 0.5);
            EXPECT_LT(l.after_lsb[column], 2.0) << "a count is worth up to 2 LSB here";
            // 500 units of W x per count
            EXPECT_NEAR(l.words.nmpu[column].s_p, 128.0 * 500.0 / l.y_lsb, 4.0);
            EXPECT_NEAR(l.words.nmpu[column].s_n, 128.0 * 500.0 / l.y_lsb, 4.0);
        }
        std::cout << "calibration: rms residual " << l.after_lsb[0] << ", " << l.after_lsb[1]
                  << ", " << l.after_lsb[3] << " LSB\n";
    }
}

TEST(Calibration, GivesTheSameWordsForTheSameSeedsOnEverySimdLevel)
{
    config::TileConfig c = calibrated_tile();
    c.device.model = config::DeviceModel::hermes;
    c.adc.sigma_lsb = 0.5;
    const auto work = wide_work();
    const auto words = [&](SimdLevel simd) {
        mvm::Chip chip = mvm::make_chip(c, cell_targets(c, work));
        return calibrate(c, chip, work, simd)[0].words.nmpu;
    };
    const auto first = words(SimdLevel::scalar);
    for (const SimdLevel simd : simd_levels()) { EXPECT_EQ(words(simd), first) << to_string(simd); }
    c.seed.device = 2;
    EXPECT_NE(words(SimdLevel::scalar), first) << "another chip has other words";
}

TEST(Calibration, FitsTheReadsThatAreNumberedAsCalibration)
{
    config::TileConfig c = calibrated_tile();
    c.device.model = config::DeviceModel::hermes;
    c.adc.sigma_lsb = 2.0;
    c.calibration.vectors = config::CalibrationVectors::representative;
    auto work = wide_work();
    work.calibration_inputs = Matrix<std::int8_t>(40, 4);
    for (std::size_t i = 0; i < 160; ++i) {
        work.calibration_inputs.data()[i] = static_cast<std::int8_t>(91 * i % 255 - 127);
    }
    mvm::Chip chip = mvm::make_chip(c, cell_targets(c, work));
    const auto layer = calibrate(c, chip, work, SimdLevel::scalar)[0];
    const mvm::ReadPath path(c, chip);
    for (const bool calibration : {true, false}) {
        ColumnSamples column;
        for (std::size_t k = 0; k < 40; ++k) {
            mvm::ReadPath::Scratch scratch;
            std::vector<std::int32_t> c_p(4), c_n(4);
            std::vector<std::int64_t> ideal(4);
            const std::int8_t* x = work.calibration_inputs.row(k);
            path.read(x, {k, calibration}, scratch, c_p.data(), c_n.data());
            ideal_product(work.layers[0], x, ideal.data());
            column.c_p.push_back(c_p[3]);
            column.c_n.push_back(c_n[3]);
            column.ideal.push_back(ideal[3]);
        }
        const auto q = quantise_nmpu(column, fit_column(column, config::Branch::polarity),
                                     layer.y_lsb, c.nmpu, 0);
        EXPECT_EQ(q.nmpu == layer.words.nmpu[3], calibration) << "the run's noise is not looked at";
    }
}

TEST(Calibration, PlaysLayersInTurnAndLeavesOtherColumnsAlone)
{
    config::TileConfig c = calibrated_tile();
    config::Workload work;
    work.layers = {layer_of({{127, -90}, {-80, 120}}), layer_of({{100, 50}, {-60, -110}})};
    work.layers[0].activation = config::Activation::relu;
    work.layers[1].rows = {2, 4};
    work.layers[1].cols = {2, 4};
    work.calibration_inputs = Matrix<std::int8_t>(64, 2);
    for (std::size_t k = 0; k < 64; ++k) {
        work.calibration_inputs.row(k)[0] = static_cast<std::int8_t>(2 * k);
        work.calibration_inputs.row(k)[1] = static_cast<std::int8_t>(37 * k % 255 - 127);
    }
    for (const auto vectors :
         {config::CalibrationVectors::representative, config::CalibrationVectors::random_signed}) {
        c.calibration.vectors = vectors;
        c.calibration.count = 48;
        mvm::Chip chip = mvm::make_chip(c, cell_targets(c, work));
        const auto layers = calibrate(c, chip, work, SimdLevel::scalar);
        ASSERT_EQ(layers.size(), 2u);
        EXPECT_EQ(layers[0].vectors, 48u) << "no more than calibration.count";
        EXPECT_EQ(layers[1].vectors, 48u);
        EXPECT_EQ(layers[0].words.activation, config::Activation::relu);
        EXPECT_EQ(layers[0].after_lsb.size(), 2u);
        const nmpu::AffineWords nothing;
        EXPECT_EQ(layers[0].words.nmpu[2], nothing);
        EXPECT_EQ(layers[1].words.nmpu[1], nothing);
        EXPECT_GT(layers[1].words.nmpu[2].s_p, 0);
    }
}

TEST(Calibration, SetsTheMirrorRatioOnlyWhenItIsLeftToIt)
{
    config::TileConfig c = calibrated_tile();
    c.adc.full_scale_uA = 3.81;
    c.adc.current_ratio.reset();
    const auto work = tiny_work();
    mvm::Chip chip = mvm::make_chip(c, cell_targets(c, work));
    // column 3 at x = 127, -127, 127, -127: 380 steps of 0.02 uA are 7.6 uA; 64 * 3.81 / 7.6
    // = 32.08
    EXPECT_DOUBLE_EQ(choose_current_ratio(c, chip, matrix<std::int8_t>({{127, -127, 127, -127}})),
                     0.5);
    EXPECT_DOUBLE_EQ(choose_current_ratio(c, chip, matrix<std::int8_t>({{1, 1, 0, 0}})), 1.0);
    calibrate(c, chip, work, SimdLevel::scalar);
    EXPECT_GE(chip.current_ratio, 31.0 / 64.0) << "382 steps, all rows adding up";
    EXPECT_LT(chip.current_ratio, 0.75) << "random vectors come close to the worst one";
    c.adc.current_ratio = 0.9;
    chip.current_ratio = 0.9;
    calibrate(c, chip, work, SimdLevel::scalar);
    EXPECT_DOUBLE_EQ(chip.current_ratio, 0.9);
}

}  // namespace
}  // namespace aimc::calibration
