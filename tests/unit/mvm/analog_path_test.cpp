// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/analog_path.h"

#include "aimc/calibration/calibrate.h"

#include "support/tiny_tile.h"
#include "support/tiny_work.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <vector>

namespace aimc::mvm {
namespace {

using calibration::cell_targets;
using test::tiny_tile;
using test::tiny_work;

struct Counts {
    std::vector<std::int32_t> p, n;
    friend bool operator==(const Counts& a, const Counts& b) { return a.p == b.p && a.n == b.n; }
};

Counts read(const AnalogPath& path, const std::int8_t* x, crossbar::ReadId id = {})
{
    const std::size_t cols = path.crossbar().cols();
    Counts c{std::vector<std::int32_t>(cols, -1), std::vector<std::int32_t>(cols, -1)};
    AnalogPath::Scratch scratch;
    path.read(x, id, scratch, c.p.data(), c.n.data());
    return c;
}

/// A workload of random codes over the whole tile.
config::Workload random_work(const config::TileConfig& c, std::size_t n)
{
    std::mt19937 rng(3);
    const auto code = [&] { return static_cast<int>(rng() % 255) - 127; };
    config::Workload work;
    work.layers.resize(1);
    config::Layer& layer = work.layers[0];
    layer.weights = Matrix<std::int16_t>(c.rows, c.cols);
    layer.rows = {0, c.rows};
    layer.cols = {0, c.cols};
    for (auto& w : layer.weights.data()) { w = static_cast<std::int16_t>(code()); }
    work.inputs = Matrix<std::int8_t>(n, c.rows);
    for (auto& x : work.inputs.data()) { x = static_cast<std::int8_t>(code()); }
    return work;
}

TEST(AnalogPath, SplitsTheProductBySignInFourPhases)
{
    config::TileConfig c = tiny_tile();
    c.read.mode = config::ReadMode::four_phase;
    const auto work = tiny_work();
    const Chip chip = make_chip(c, cell_targets(c, work));
    // x = 1, 2, 3, 4: column 0 is 1 + 6 - 15, column 1 is -2 + 8 + 18 - 4
    const Counts counts = read(AnalogPath(c, chip), work.inputs.row(2));
    EXPECT_EQ(counts.p, (std::vector<std::int32_t>{7, 26, 0, 127 + 3 * 127 + 4}));
    EXPECT_EQ(counts.n, (std::vector<std::int32_t>{15, 6, 0, 2 * 127}));
}

TEST(AnalogPath, SteersByTheCurrentOfEachMomentInOnePhase)
{
    const config::TileConfig c = tiny_tile();
    const auto work = tiny_work();
    const Chip chip = make_chip(c, cell_targets(c, work));
    // Column 0 at x = 1, 2, 3, 4: the pulses of rows 0 .. 3 end one by one, so the current is
    // 1 + 3 - 5 = -1, then 3 - 5 = -2, then -5, then 0. Column 1: 7, 9, 5 and -1.
    // Column 3: 128, 1, 128 and 1.
    const Counts counts = read(AnalogPath(c, chip), work.inputs.row(2));
    EXPECT_EQ(counts.p, (std::vector<std::int32_t>{0, 21, 0, 258}));
    EXPECT_EQ(counts.n, (std::vector<std::int32_t>{8, 1, 0, 0}));
    const auto x = test::matrix<std::int8_t>({{3, 5, 0, 0}});
    // column 1: -2 + 4 = 2 for three cycles, 4 for two; column 3: 0 for three, then -127
    EXPECT_EQ(read(AnalogPath(c, chip), x.row(0)).p, (std::vector<std::int32_t>{18, 14, 0, 0}));
    EXPECT_EQ(read(AnalogPath(c, chip), x.row(0)).n, (std::vector<std::int32_t>{0, 0, 0, 254}));
}

TEST(AnalogPath, IdealTileEqualsTheIntegerProductInBothModes)
{
    config::TileConfig c = tiny_tile();
    c.rows = 19;
    c.cols = 21;
    const auto random = random_work(c, 400);
    long n_products = 0;
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        for (const bool is_tiny : {true, false}) {
            config::TileConfig tile = is_tiny ? tiny_tile() : c;
            tile.read.mode = mode;
            const config::Workload work = is_tiny ? tiny_work() : random;
            const Chip chip = make_chip(tile, cell_targets(tile, work));
            const AnalogPath path(tile, chip);
            std::vector<std::int64_t> ideal(tile.cols);
            for (std::size_t k = 0; k < work.inputs.rows(); ++k) {
                const Counts counts = read(path, work.inputs.row(k), {k, false});
                calibration::ideal_product(work.layers[0], work.inputs.row(k), ideal.data());
                for (std::size_t col = 0; col < tile.cols; ++col) {
                    ASSERT_EQ(counts.p[col] - counts.n[col], ideal[col])
                        << "vector " << k << ", column " << col;
                    ASSERT_GE(counts.p[col], 0);
                    ASSERT_GE(counts.n[col], 0);
                    ++n_products;
                }
            }
        }
    }
    std::cout << "analog path: " << n_products << " column products equal W x\n";
}

TEST(AnalogPath, GivesTheSameCountsOnEverySimdLevelWithAllNoiseOn)
{
    config::TileConfig c = tiny_tile();
    c.rows = 70;  // more than one noise block
    c.cols = 37;  // no whole number of SIMD words
    c.device.model = config::DeviceModel::hermes;
    c.adc.curves = config::CurveSource::parametric;
    c.adc.gain_MHz_per_uA = 35.0;
    c.adc.full_scale_uA = 94.0;
    c.adc.sigma_lsb = 0.7;
    c.adc.input_offset_sd_uA = 0.2;
    const auto work = random_work(c, 25);
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        c.read.mode = mode;
        const Chip chip = make_chip(c, cell_targets(c, work));
        const AnalogPath scalar(c, chip, SimdLevel::scalar);
        for (const SimdLevel simd : simd_levels()) {
            const AnalogPath path(c, chip, simd);
            for (std::size_t k = 0; k < work.inputs.rows(); ++k) {
                ASSERT_EQ(read(path, work.inputs.row(k), {k, false}),
                          read(scalar, work.inputs.row(k), {k, false}))
                    << to_string(simd) << ", vector " << k;
            }
        }
    }
    std::cout << "analog path: " << simd_levels().size() << " SIMD levels agree\n";
}

TEST(AnalogPath, NoiseIsAFunctionOfTheReadAndOfItsPurpose)
{
    config::TileConfig c = tiny_tile();
    c.device.model = config::DeviceModel::hermes;
    const auto work = tiny_work();
    const Chip chip = make_chip(c, cell_targets(c, work));
    const AnalogPath path(c, chip);
    const std::int8_t* x = work.inputs.row(3);
    const Counts first = read(path, x, {7, false});
    EXPECT_EQ(read(path, x, {7, false}), first);
    EXPECT_FALSE(read(path, x, {8, false}) == first);
    EXPECT_FALSE(read(path, x, {7, true}) == first) << "a calibration read has its own numbers";
    EXPECT_EQ(read(path, x, {7, false}), first) << "and leaves those of the run alone";
}

TEST(AnalogPath, CountsConversionsPhasesAndFullCounters)
{
    config::TileConfig c = tiny_tile();
    c.adc.count_bits = 8;
    const auto work = tiny_work();
    AnalogPath::Scratch scratch;
    std::vector<std::int32_t> p(4);
    std::vector<std::int32_t> n(4);
    for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
        c.read.mode = mode;
        const Chip chip = make_chip(c, cell_targets(c, work));
        scratch.events = {};
        AnalogPath(c, chip).read(work.inputs.row(2), {}, scratch, p.data(), n.data());
        EXPECT_EQ(scratch.events.conversions, 4u * static_cast<unsigned>(config::n_phases(mode)));
        EXPECT_EQ(scratch.events.saturated, 1u) << "column 3 has more than 255";
        EXPECT_EQ(p[3], 255);
    }
    c.read.skip_empty_phases = true;
    const Chip chip = make_chip(c, cell_targets(c, work));
    scratch.events = {};
    AnalogPath(c, chip).read(work.inputs.row(2), {}, scratch, p.data(), n.data());
    EXPECT_EQ(scratch.events.conversions, 8u) << "no negative input: two phases";
    EXPECT_EQ(n[0], 15) << "and the same counts";
}

}  // namespace
}  // namespace aimc::mvm
