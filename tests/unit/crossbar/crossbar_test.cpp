// SPDX-License-Identifier: Apache-2.0
#include "small_arrays.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace aimc::crossbar {
namespace {

void expect_wave(const ColumnWave& wave, const std::vector<int>& n_cycles, const Rows& current,
                 const std::vector<int>& charge)
{
    EXPECT_EQ(wave.n_cycles, n_cycles);
    EXPECT_EQ(segments(wave, 2), current);
    EXPECT_EQ(wave.n_on, std::accumulate(n_cycles.begin(), n_cycles.end(), 0));
    EXPECT_EQ(wave.charge[0], charge[0]);
    EXPECT_EQ(wave.charge[1], charge[1]);
}

const Rows three_by_two{{2, -1}, {4, 3}, {-5, 6}};
const Input three{3, -2, 1};

TEST(Crossbar, OnePhaseWaveOfThreeRowsIsAsWorkedByHand)
{
    // row 0 alone, then rows 0 and 1, then all: W x = (-7, -3)
    expect_wave(drive(array_of(three_by_two), three, Phase::all), {1, 1, 1},
                {{2, -1}, {-2, -4}, {-7, 2}}, {-7, -3});
}

TEST(Crossbar, FourPhaseWavesOfThreeRowsAreAsWorkedByHand)
{
    const GridArray a = array_of(three_by_two);
    expect_wave(drive(a, three, Phase::pp), {2, 1}, {{2, 0}, {2, 6}}, {6, 6});
    expect_wave(drive(a, three, Phase::pn), {2, 1}, {{0, 1}, {5, 1}}, {5, 3});
    expect_wave(drive(a, three, Phase::np), {2}, {{4, 3}}, {8, 6});
    expect_wave(drive(a, three, Phase::nn), {2}, {{0, 0}}, {0, 0});
}

TEST(Crossbar, NoActiveRowGivesAnEmptyWaveAlsoAfterAFullOne)
{
    const GridArray a = array_of(three_by_two);
    const Crossbar crossbar(tile(a, config::ReadMode::one_phase), a);
    ColumnWave wave;
    crossbar.drive(three.data(), Phase::all, {}, wave);
    const Input zero(3, 0);
    crossbar.drive(zero.data(), Phase::all, {}, wave);
    EXPECT_EQ(wave.n_on, 0);
    EXPECT_TRUE(wave.n_cycles.empty());
    EXPECT_EQ(wave.charge, std::vector<std::int64_t>(wave.stride, 0));
}

TEST(Crossbar, PulsesOfEqualLengthShareASegmentAndBothEndsOfTheCodeAreDriven)
{
    const GridArray a = array_of({{1, 0}, {0, 1}, {1, 1}, {5, 5}});
    expect_wave(drive(a, {127, -127, 1, 0}, Phase::all), {126, 1}, {{1, -1}, {2, 0}}, {128, -126});
}

TEST(Crossbar, ChargeIsTheSumOfCurrentTimesDurationAndOfConductanceTimesInput)
{
    const auto w = random_weights(256, 37);
    const GridArray a = array_of(w);
    const Input x = random_input(256);
    std::vector<std::int64_t> four(37, 0);
    for (const Phase phase : {Phase::pp, Phase::pn, Phase::np, Phase::nn, Phase::all}) {
        const ColumnWave wave = drive(a, x, phase);
        for (std::size_t c = 0; c < 37; ++c) {
            std::int64_t area = 0;
            for (std::size_t s = 0; s < wave.n_cycles.size(); ++s) {
                area += std::int64_t{wave.segment(s)[c]} * wave.n_cycles[s];
            }
            EXPECT_EQ(wave.charge[c], area);
            std::int64_t wx = 0;
            for (std::size_t r = 0; r < 256; ++r) { wx += w[r][c] * x[r]; }
            if (phase == Phase::all) {
                EXPECT_EQ(wave.charge[c], wx);
                EXPECT_EQ(four[c], wx);
            } else {
                four[c] += counts_positive(phase) ? area : -area;
            }
        }
    }
}

TEST(Crossbar, CollectsTheChargeOnlyForConvertersThatUseIt)
{
    const GridArray a = array_of(three_by_two);
    config::TileConfig c = tile(a, config::ReadMode::one_phase);
    c.adc.integration = config::Integration::time_resolved;
    ColumnWave wave;
    Crossbar(c, a).drive(three.data(), Phase::all, {}, wave);
    EXPECT_EQ(wave.charge, std::vector<std::int64_t>(wave.stride, 0));
    EXPECT_EQ(segments(wave, 2), segments(drive(a, three, Phase::all), 2));
}

TEST(Crossbar, LargestCurrentsFitTheirWords)
{
    const GridArray a = array_of(Rows(256, std::vector<int>(2, 32767)));
    const ColumnWave wave = drive(a, Input(256, 127), Phase::all);
    EXPECT_EQ(wave.charge[1], std::int64_t{256} * 32767 * 127);
}

TEST(Crossbar, PermutedRowsGiveTheSameWave)
{
    auto w = random_weights(90, 20);
    auto x = random_input(90);
    GridArray a = array_of(w);
    a.noise_lsb = 3.0;
    for (std::size_t r = 0; r < 90; ++r) { a.noise_pos.row(r)[3] = static_cast<std::uint16_t>(r); }
    GridArray b = a;
    Input y = x;
    for (std::size_t r = 0; r < 90; ++r) {
        const std::size_t from = (r * 7 + 13) % 90;
        y[r] = x[from];
        for (std::size_t c = 0; c < 20; ++c) {
            b.g_pos.row(r)[c] = a.g_pos.row(from)[c];
            b.g_neg.row(r)[c] = a.g_neg.row(from)[c];
            b.noise_pos.row(r)[c] = a.noise_pos.row(from)[c];
        }
    }
    for (const Phase phase : {Phase::pp, Phase::all}) {
        const ColumnWave first = drive(a, x, phase);
        const ColumnWave second = drive(b, y, phase);
        EXPECT_EQ(first.n_cycles, second.n_cycles);
        EXPECT_EQ(segments(first, 20), segments(second, 20));
        EXPECT_EQ(first.charge, second.charge);
    }
}

TEST(Crossbar, EverySimdLevelGivesTheSameWave)
{
    GridArray a = array_of(random_weights(200, 50));
    a.noise_lsb = 0.7;
    for (auto& v : a.noise_pos.data()) { v = 4095; }
    for (auto& v : a.noise_neg.data()) { v = 123; }
    const Input x = random_input(200);
    for (const Phase phase : {Phase::pn, Phase::np, Phase::all}) {
        const ColumnWave scalar = drive(a, x, phase, {5, false}, SimdLevel::scalar);
        for (const SimdLevel level : simd_levels()) {
            const ColumnWave wave = drive(a, x, phase, {5, false}, level);
            EXPECT_EQ(wave.n_cycles, scalar.n_cycles) << to_string(level);
            EXPECT_EQ(segments(wave, 50), segments(scalar, 50)) << to_string(level);
            EXPECT_EQ(wave.charge, scalar.charge) << to_string(level);
        }
    }
}

TEST(Crossbar, PolarityAsymmetryStretchesOnlyCellsReadAtTheOtherPolarity)
{
    GridArray a = array_of({{100, -100}, {100, -100}});
    a.asymmetry = {0.1, 0.1};
    expect_wave(drive(a, {1, 0}, Phase::all), {1}, {{100, -110}}, {100, -110});
    expect_wave(drive(a, {0, -1}, Phase::all), {1}, {{-110, 100}}, {-110, 100});
    expect_wave(drive(a, {1, 0}, Phase::pn), {1}, {{0, 100}}, {0, 100});
}

/// Two columns of cells with read noise of 2000 steps of variance each, sd of about 45.
GridArray noisy_array(std::size_t rows)
{
    GridArray a = array_of(Rows(rows, std::vector<int>(2, 1000)));
    a.noise_lsb = 1.0;
    for (std::size_t r = 0; r < rows; ++r) {
        a.noise_pos.row(r)[0] = 2000;
        a.noise_pos.row(r)[1] = 4095;
    }
    return a;
}

TEST(ReadNoise, IsOneGaussianWithTheSummedVarianceSpreadOverTheOnTime)
{
    const GridArray a = noisy_array(200);  // more than one block of 64 rows
    const Input x = random_input(200);
    const ColumnWave wave = drive(a, x, Phase::pp, {77, false});
    double x2 = 0.0;
    int longest = 0;
    for (const int v : x) {
        if (v > 0) { x2 += v * v; }
        longest = std::max(longest, v);
    }
    int full = 0;  // rows of the longest pulse
    for (const int v : x) { full += v == longest; }
    const Place place{1, Purpose::read_noise, 0, 0, 0, 77};  // lane 0: phase pp
    const double z = normal(place, 1);
    const double noise = std::sqrt(4095.0 * x2) * z / longest;
    EXPECT_EQ(wave.n_on, longest);
    EXPECT_EQ(wave.segment(0)[1] - 1000 * full, static_cast<int>(std::floor(noise + 0.5)));
    int active = 0;
    for (const int v : x) { active += v > 0; }
    EXPECT_EQ(wave.segment(wave.n_cycles.size() - 1)[1] - 1000 * active,
              wave.segment(0)[1] - 1000 * full)
        << "the noise must be the same all the time";
}

TEST(ReadNoise, VarianceOfAFullArrayDoesNotOverflow)
{
    const GridArray a = noisy_array(256);
    const ColumnWave wave = drive(a, Input(256, 127), Phase::pp, {2, false});
    const double z = normal(Place{1, Purpose::read_noise, 0, 0, 0, 2}, 1);
    EXPECT_EQ(wave.segment(0)[1] - 256 * 1000,
              static_cast<int>(std::floor(std::sqrt(4095.0 * 256) * z + 0.5)));
}

TEST(ReadNoise, HasMeanZeroAndTheSdOfTheFormulaOverManyReads)
{
    const GridArray a = noisy_array(3);
    const Input x{100, 50, 20};
    const Crossbar crossbar(tile(a, config::ReadMode::four_phase), a);
    const double expected = std::sqrt(2000.0 * (100 * 100 + 50 * 50 + 20 * 20));
    constexpr int n = 20000;
    double mean = 0.0;
    double square = 0.0;
    ColumnWave wave;
    for (int read = 0; read < n; ++read) {
        crossbar.drive(x.data(), Phase::pp, {static_cast<std::uint64_t>(read), false}, wave);
        const double error = static_cast<double>(wave.charge[0] - 1000 * 170);
        mean += error / n;
        square += error * error / n;
    }
    // the rounding to the current grid adds 1/12 step^2 for 100 cycles
    const double sd = std::sqrt(expected * expected + 100.0 * 100.0 / 12.0);
    EXPECT_NEAR(mean, 0.0, 4 * sd / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(square) / sd, 1.0, 4 / std::sqrt(2.0 * n));
}

TEST(ReadNoise, IsAFunctionOfReadPurposePhaseTileAndSeed)
{
    const GridArray a = noisy_array(3);
    const Input x{100, 50, 20};
    config::TileConfig c = tile(a, config::ReadMode::four_phase);
    const auto charge = [&](ReadId id, Phase phase = Phase::pp) {
        ColumnWave wave;
        Crossbar(c, a).drive(x.data(), phase, id, wave);
        return wave.charge[0];
    };
    const auto base = charge({3, false});
    EXPECT_EQ(charge({3, false}), base) << "a repeated read must repeat";
    EXPECT_NE(charge({4, false}), base);
    EXPECT_NE(charge({3, true}), base) << "calibration must not see the noise of the run";
    c.seed.device = 9;
    EXPECT_EQ(charge({3, false}), base);
    c.seed.read = 9;
    EXPECT_NE(charge({3, false}), base);
    c.seed.read = 1;
    c.index = 1;
    EXPECT_NE(charge({3, false}), base);
}

TEST(PhasesOf, AreAllFourOrOne)
{
    config::ReadConfig read;
    const Input x{1, -1};
    EXPECT_EQ(phases_of(read, x.data(), 2), PhaseList{Phase::all});
    read.mode = config::ReadMode::four_phase;
    EXPECT_EQ(phases_of(read, x.data(), 2),
              (PhaseList{Phase::pp, Phase::pn, Phase::np, Phase::nn}));
    const Input none{0, 0};
    EXPECT_EQ(phases_of(read, none.data(), 2).size(), 4U) << "skip_empty_phases is off by default";
}

TEST(PhasesOf, LeaveOutPhasesWithoutAnActiveRowWhenAsked)
{
    config::ReadConfig read;
    read.mode = config::ReadMode::four_phase;
    read.skip_empty_phases = true;
    const auto of = [&](const Input& x) { return phases_of(read, x.data(), x.size()); };
    EXPECT_EQ(of({5, 0}), (PhaseList{Phase::pp, Phase::pn}));
    EXPECT_EQ(of({0, -5}), (PhaseList{Phase::np, Phase::nn}));
    EXPECT_EQ(of({5, -5}).size(), 4U);
    EXPECT_EQ(of({0, 0}), PhaseList{Phase::pp}) << "one is always kept";
    read.mode = config::ReadMode::one_phase;
    EXPECT_EQ(of({5, 0}), PhaseList{Phase::all});
}

}  // namespace
}  // namespace aimc::crossbar
