// SPDX-License-Identifier: Apache-2.0
// Read noise per pulse length and per cell: by hand, by the formula, and what must never happen.
#include "crossbar/cell_normals.h"
#include "small_arrays.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::crossbar {
namespace {

using config::ReadMode;
using config::ReadNoise;

config::TileConfig noisy_tile(const GridArray& a, ReadMode mode, ReadNoise noise)
{
    config::TileConfig c = tile(a, mode);
    c.device.read_noise = noise;
    return c;
}

ColumnWave drive_with(const GridArray& a, ReadNoise noise, const Input& x, Phase phase,
                      ReadId id = {}, SimdLevel simd = best_simd_level())
{
    const auto mode = phase == Phase::all ? ReadMode::one_phase : ReadMode::four_phase;
    ColumnWave wave;
    Crossbar(noisy_tile(a, mode, noise), a, simd).drive(x.data(), phase, id, wave);
    return wave;
}

/// Standard normal of a column, as base/random.h and crossbar/cell_normals.h document it.
double z_of(std::uint16_t row, std::uint16_t lane, std::uint64_t read, std::uint32_t column)
{
    const Place place{1, Purpose::read_noise, 0, row, lane, read};
    const std::uint32_t word = philox_block(place, column / 8)[column % 8 / 2];
    return normal_table()[column % 2 == 0 ? word & 0xffffU : word >> 16U] / 4096.0;
}

int nearest(double x) { return static_cast<int>(std::floor(x + 0.5)); }

/// Three rows, two columns, both polarities; variances are squares, so that sds are whole.
GridArray three_by_two()
{
    GridArray a = array_of({{5000, -4000}, {3000, 2000}, {-1000, 6000}});
    a.noise_lsb = 16.0;  // sd = 4 * sqrt(v)
    const std::vector<std::uint16_t> pos{100, 400, 900, 1600, 2500, 3600};
    const std::vector<std::uint16_t> neg{49, 64, 81, 121, 144, 169};
    a.noise_pos.data() = pos;
    a.noise_neg.data() = neg;
    for (auto& g : a.g_pos.data()) { g.raw = static_cast<std::int16_t>(g.raw + 2000); }
    for (auto& g : a.g_neg.data()) { g.raw = static_cast<std::int16_t>(g.raw + 2000); }
    return a;
}
const Input three{7, -7, 2};

double sd_pos(const GridArray& a, std::size_t row, std::size_t c)
{
    return std::sqrt(a.noise_pos.row(row)[c] * a.noise_lsb);
}
double sd_neg(const GridArray& a, std::size_t row, std::size_t c)
{
    return std::sqrt(a.noise_neg.row(row)[c] * a.noise_lsb);
}

TEST(ReadNoisePerSegment, IsOneDrawPerPulseLengthWhileItLasts)
{
    const GridArray a = three_by_two();
    const ColumnWave wave = drive_with(a, ReadNoise::per_segment, three, Phase::all, {9, false});
    ASSERT_EQ(wave.n_cycles, (std::vector<int>{5, 2}));
    for (const std::size_t c : {0U, 1U}) {
        const double of_long = 16.0 * (a.noise_pos.row(0)[c] + a.noise_neg.row(0)[c] +
                                       a.noise_pos.row(1)[c] + a.noise_neg.row(1)[c]);
        const double of_short = 16.0 * (a.noise_pos.row(2)[c] + a.noise_neg.row(2)[c]);
        const auto column = static_cast<std::uint32_t>(c);
        const int first = nearest(std::sqrt(of_long) * z_of(7, 4, 9, column));
        const int second = first + nearest(std::sqrt(of_short) * z_of(2, 4, 9, column));
        const int quiet[2][2] = {{2000, -6000}, {1000, 0}};  // by hand: w0 - w1, + w2
        EXPECT_NEAR(wave.segment(0)[c], quiet[0][c] + first, 1);
        EXPECT_NEAR(wave.segment(1)[c], quiet[1][c] + second, 2);
        EXPECT_NE(wave.segment(0)[c], quiet[0][c]);
    }
}

TEST(ReadNoisePerCell, DrawsBothPolaritiesOfACellInOnePhase)
{
    const GridArray a = three_by_two();
    const ColumnWave wave = drive_with(a, ReadNoise::per_cell, three, Phase::all, {9, false});
    for (std::uint32_t c = 0; c < 2; ++c) {
        const auto net = [&](std::uint16_t row) {
            return a.g_pos.row(row)[c].raw + nearest(sd_pos(a, row, c) * z_of(row, 4, 9, c)) -
                   a.g_neg.row(row)[c].raw - nearest(sd_neg(a, row, c) * z_of(row, 4 | 8, 9, c));
        };
        EXPECT_EQ(wave.segment(0)[c], net(0) - net(1));
        EXPECT_EQ(wave.segment(1)[c], net(0) - net(1) + net(2));
    }
}

TEST(ReadNoisePerCell, DrawsThePolarityOfThePhaseInFour)
{
    const GridArray a = three_by_two();
    const ColumnWave pp = drive_with(a, ReadNoise::per_cell, three, Phase::pp, {9, false});
    const ColumnWave nn = drive_with(a, ReadNoise::per_cell, three, Phase::nn, {9, false});
    for (std::uint32_t c = 0; c < 2; ++c) {
        EXPECT_EQ(pp.segment(0)[c],
                  a.g_pos.row(0)[c].raw + nearest(sd_pos(a, 0, c) * z_of(0, 0, 9, c)));
        EXPECT_EQ(nn.segment(0)[c],
                  a.g_neg.row(1)[c].raw + nearest(sd_neg(a, 1, c) * z_of(1, 3 | 8, 9, c)));
    }
}

TEST(ReadNoisePerCell, StretchesWhatIsReadAtTheOtherPolarity)
{
    GridArray a = three_by_two();
    a.asymmetry = {0.25, 0.25};
    const ColumnWave wave = drive_with(a, ReadNoise::per_cell, {1, 0, 0}, Phase::all, {9, false});
    const double in = a.g_pos.row(0)[0].raw + sd_pos(a, 0, 0) * z_of(0, 4, 9, 0);
    const double out = 1.25 * (a.g_neg.row(0)[0].raw + sd_neg(a, 0, 0) * z_of(0, 4 | 8, 9, 0));
    EXPECT_NEAR(wave.segment(0)[0], in - out, 1.0);
}

TEST(ReadNoisePerCell, NeverTakesACellBelowZero)
{
    GridArray a = array_of(Rows(1, std::vector<int>(2000, 50)));
    a.noise_lsb = 1.0;
    for (auto& v : a.noise_pos.data()) { v = 2500; }  // sd 50: one cell in six would be negative
    int held = 0;
    double mean = 0.0;
    for (std::uint64_t read = 0; read < 20; ++read) {
        const ColumnWave wave = drive_with(a, ReadNoise::per_cell, {1}, Phase::pp, {read, false});
        for (std::size_t c = 0; c < 2000; ++c) {
            ASSERT_GE(wave.segment(0)[c], 0);
            held += wave.segment(0)[c] == 0;
            mean += wave.segment(0)[c] / 40000.0;
        }
    }
    EXPECT_NEAR(held / 40000.0, 0.1587, 0.01);
    EXPECT_NEAR(mean, 50 + 50 * 0.0833, 1.0) << "sd * (phi(1) - (1 - Phi(1)))";
}

TEST(ReadNoiseKinds, HaveMeanZeroAndTheSdOfTheFormula)
{
    GridArray a = array_of(random_weights(40, 16));
    a.noise_lsb = 0.37;
    for (auto& g : a.g_pos.data()) { g.raw = static_cast<std::int16_t>(g.raw + 500); }
    for (auto& g : a.g_neg.data()) { g.raw = static_cast<std::int16_t>(g.raw + 500); }
    for (std::size_t i = 0; i < a.noise_pos.data().size(); ++i) {
        a.noise_pos.data()[i] = static_cast<std::uint16_t>(i * 37 % 2000);
        a.noise_neg.data()[i] = static_cast<std::uint16_t>(i * 91 % 2000);
    }
    const Input x = random_input(40);
    const ColumnWave quiet = drive_with(a, ReadNoise::none, x, Phase::all);
    constexpr int n = 4000;
    for (const ReadNoise noise : {ReadNoise::per_segment, ReadNoise::per_cell}) {
        const Crossbar crossbar(noisy_tile(a, ReadMode::one_phase, noise), a);
        std::vector<double> mean(16, 0.0);
        std::vector<double> square(16, 0.0);
        ColumnWave wave;
        for (int read = 0; read < n; ++read) {
            crossbar.drive(x.data(), Phase::all, {static_cast<std::uint64_t>(read), false}, wave);
            for (std::size_t c = 0; c < 16; ++c) {
                const auto error = static_cast<double>(wave.charge[c] - quiet.charge[c]);
                mean[c] += error / n;
                square[c] += error * error / n;
            }
        }
        double ratio = 0.0;
        for (std::size_t c = 0; c < 16; ++c) {
            double variance = 0.0;
            for (std::size_t r = 0; r < 40; ++r) {
                variance += 0.37 * (a.noise_pos.row(r)[c] + a.noise_neg.row(r)[c]) * x[r] * x[r];
            }
            EXPECT_NEAR(mean[c], 0.0, 4 * std::sqrt(variance / n));
            EXPECT_NEAR(square[c] / variance, 1.0, 5 * std::sqrt(2.0 / n));
            ratio += square[c] / variance / 16;
        }
        EXPECT_NEAR(ratio, 1.0, 4 * std::sqrt(2.0 / n / 16));
    }
}

TEST(ReadNoiseKinds, EverySimdLevelGivesTheSameWave)
{
    GridArray a = array_of(random_weights(70, 300));
    a.noise_lsb = 0.7;
    for (std::size_t i = 0; i < a.noise_pos.data().size(); ++i) {
        a.noise_pos.data()[i] = static_cast<std::uint16_t>(i % 4096);
        a.noise_neg.data()[i] = static_cast<std::uint16_t>(i * 5 % 4096);
    }
    const Input x = random_input(70);
    for (const ReadNoise noise : {ReadNoise::per_segment, ReadNoise::per_cell}) {
        for (const Phase phase : {Phase::pn, Phase::np, Phase::all}) {
            const auto scalar = drive_with(a, noise, x, phase, {5, true}, SimdLevel::scalar);
            for (const SimdLevel level : simd_levels()) {
                const auto wave = drive_with(a, noise, x, phase, {5, true}, level);
                EXPECT_EQ(segments(wave, 300), segments(scalar, 300)) << to_string(level);
                EXPECT_EQ(wave.charge, scalar.charge) << to_string(level);
            }
        }
    }
}

TEST(ReadNoiseKinds, AreFunctionsOfReadPurposePhaseTileAndSeed)
{
    const GridArray a = three_by_two();
    for (const ReadNoise noise : {ReadNoise::per_segment, ReadNoise::per_cell}) {
        config::TileConfig c = noisy_tile(a, ReadMode::four_phase, noise);
        const auto charge = [&](ReadId id, Phase phase = Phase::pp) {
            ColumnWave wave;
            Crossbar(c, a).drive(three.data(), phase, id, wave);
            return wave.charge;
        };
        const auto base = charge({3, false});
        EXPECT_EQ(charge({3, false}), base);
        EXPECT_NE(charge({4, false}), base);
        EXPECT_NE(charge({3, true}), base);
        EXPECT_NE(charge({3, false}, Phase::np), charge({3, false}, Phase::nn));
        c.seed.device = 9;
        EXPECT_EQ(charge({3, false}), base);
        c.seed.read = 9;
        EXPECT_NE(charge({3, false}), base);
        c.seed.read = 1;
        c.index = 1;
        EXPECT_NE(charge({3, false}), base);
    }
}

TEST(ReadNoiseKinds, NoneIsQuietWhateverTheArraySays)
{
    const GridArray a = three_by_two();
    const ColumnWave wave = drive_with(a, ReadNoise::none, three, Phase::all);
    EXPECT_EQ(segments(wave, 2), (Rows{{2000, -6000}, {1000, 0}}));
}

TEST(ReadNoiseKinds, LargestCurrentBoundsThem)
{
    GridArray a = array_of(Rows(6, std::vector<int>(64, 300)));
    a.noise_lsb = 1.0;
    for (auto& v : a.noise_pos.data()) { v = 4095; }
    for (const ReadNoise noise :
         {ReadNoise::per_column, ReadNoise::per_segment, ReadNoise::per_cell}) {
        const Crossbar crossbar(noisy_tile(a, ReadMode::one_phase, noise), a);
        const Input x{100, 100, 60, 60, 60, 20};
        ColumnWave wave;
        std::int32_t most = 0;
        for (std::uint64_t read = 0; read < 2000; ++read) {
            crossbar.drive(x.data(), Phase::all, {read, false}, wave);
            for (std::size_t s = 0; s < wave.n_cycles.size(); ++s) {
                most = std::max(most, *std::max_element(wave.segment(s), wave.segment(s) + 64));
            }
        }
        EXPECT_LE(most, a.largest_current());
        EXPECT_GT(most, 6 * 300 + 3 * 64 * 2) << "the noise must have been on";
    }
}

TEST(ReadNoisePerCell, LargestCurrentBoundsAlsoWhatTheClampAddsToTheMean)
{
    GridArray a = array_of(Rows(256, std::vector<int>(16, 1)));
    a.noise_lsb = 1.0;
    for (auto& v : a.noise_pos.data()) { v = 4095; }
    std::int32_t most = 0;
    for (std::uint64_t read = 0; read < 200; ++read) {
        const ColumnWave wave =
            drive_with(a, ReadNoise::per_cell, Input(256, 1), Phase::pp, {read, false});
        most = std::max(most, *std::max_element(wave.segment(0), wave.segment(0) + 16));
    }
    EXPECT_GT(most, 256 + 64 * 0.4 * 256) << "half of the cells are held at zero";
    EXPECT_LE(most, a.largest_current());
}

TEST(ReadNoisePerCell, KeepsTheSdOfVeryNoisyCells)
{
    GridArray a = array_of(Rows(1, std::vector<int>(1, 32000)));
    a.noise_lsb = 50000.0;  // sd 14309 steps at the end of the grid
    a.noise_pos.row(0)[0] = 4095;
    for (std::uint64_t read = 0; read < 20; ++read) {
        const double noise = std::sqrt(4095 * 50000.0) * z_of(0, 0, read, 0);
        const ColumnWave wave = drive_with(a, ReadNoise::per_cell, {1}, Phase::pp, {read, false});
        EXPECT_NEAR(wave.segment(0)[0], std::max(32000 + noise, 0.0), 1.0);
    }
}

TEST(Crossbar, CountsUnitCellsThatAsymmetryTakesBeyondTheGrid)
{
    GridArray a = array_of({{30000, -30000}, {100, -100}});
    EXPECT_EQ(Crossbar(tile(a, ReadMode::one_phase), a).clips(), 0U);
    a.asymmetry = {0.2, 0.2};
    const Crossbar crossbar(tile(a, ReadMode::one_phase), a);
    EXPECT_EQ(crossbar.clips(), 2U) << "each of the two at one sign of the input";
    ColumnWave wave;
    crossbar.drive(Input{1, 0}.data(), Phase::all, {}, wave);
    EXPECT_EQ(segments(wave, 2), (Rows{{30000, -32767}}));
    a.noise_lsb = 1e-9;
    const auto per_cell = noisy_tile(a, ReadMode::one_phase, ReadNoise::per_cell);
    EXPECT_EQ(Crossbar(per_cell, a).clips(), 2U);
    EXPECT_EQ(Crossbar(tile(a, ReadMode::four_phase), a).clips(), 0U);
}

}  // namespace
}  // namespace aimc::crossbar
