// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/array_state.h"

#include "aimc/device/device_fit.h"
#include "aimc/device/pcm_fits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace aimc::device {
namespace {

constexpr std::size_t n_rows = 128;
constexpr std::size_t n_cols = 128;
constexpr double n_cells = n_rows * n_cols;

/// A hermes tile with every noise source off: switch on what the test is about.
config::TileConfig quiet_tile()
{
    config::TileConfig c;
    c.rows = n_rows;
    c.cols = n_cols;
    c.read.mode = config::ReadMode::four_phase;
    c.device.model = config::DeviceModel::hermes;
    c.device.programming_noise = false;
    c.device.drift = false;
    c.device.read_noise = config::ReadNoise::none;
    return c;
}

CellTargets all_cells(std::int16_t code)
{
    return {Matrix<std::int16_t>(n_rows, n_cols, code), 127};
}

double mean_of(const std::vector<double>& values)
{
    double sum = 0.0;
    for (const double v : values) { sum += v; }
    return sum / static_cast<double>(values.size());
}

double sd_of(const std::vector<double>& values)
{
    const double mean = mean_of(values);
    double sum = 0.0;
    for (const double v : values) { sum += (v - mean) * (v - mean); }
    return std::sqrt(sum / static_cast<double>(values.size()));
}

TEST(ProgramArray, IdealDeviceIsExact)
{
    config::TileConfig c = quiet_tile();
    c.device.model = config::DeviceModel::ideal;
    c.device.g_max_uS = 12.7;
    c.device.programming_noise = c.device.drift = true;  // an ideal device has none all the same
    c.device.read_noise = config::ReadNoise::per_column;
    c.device.age_s = 1e6;
    CellTargets targets{Matrix<std::int16_t>(1, 255), 127};
    for (int code = -127; code <= 127; ++code) {
        targets.codes.data()[static_cast<std::size_t>(code + 127)] =
            static_cast<std::int16_t>(code);
    }
    const Conductances g = program_array(c, targets);
    const double step = 12.7 * 1e-6 / 127;
    for (int code = -127; code <= 127; ++code) {
        const BitLine b{static_cast<std::size_t>(code + 127)};
        EXPECT_EQ(g.g_pos(WordLine{0}, b), std::max(code, 0) * step);
        EXPECT_EQ(g.g_neg(WordLine{0}, b), std::max(-code, 0) * step);
        EXPECT_EQ(g.sigma_pos(WordLine{0}, b), 0.0);
        EXPECT_EQ(g.sigma_neg(WordLine{0}, b), 0.0);
    }
}

TEST(ProgramArray, QuietHermesDeviceReachesItsTargets)
{
    const Conductances g = program_array(quiet_tile(), all_cells(-64));
    EXPECT_EQ(g.g_pos(WordLine{5}, BitLine{9}), 0.0);
    EXPECT_NEAR(g.g_neg(WordLine{5}, BitLine{9}), 20.7e-6 * 64 / 127, 1e-20);
    EXPECT_EQ(g.sigma_neg(WordLine{5}, BitLine{9}), 0.0);
}

TEST(ProgramArray, ProgrammingNoiseHasTheMeanAndSdOfTheFit)
{
    for (const int devices : {1, 2}) {
        config::TileConfig c = quiet_tile();
        c.device.programming_noise = true;
        c.device.devices_per_polarity = devices;
        const HermesFit fit(devices);
        for (const int code : {64, 127}) {  // far from zero: nothing is clipped
            const auto g = program_array(c, all_cells(static_cast<std::int16_t>(code)));
            const double sd = fit.programming_sd(code / 127.0).si();
            EXPECT_NEAR(mean_of(g.g_pos.data()), fit.g_max().si() * code / 127,
                        4 * sd / std::sqrt(n_cells));
            EXPECT_NEAR(sd_of(g.g_pos.data()) / sd, 1.0, 4 / std::sqrt(2 * n_cells));
        }
    }
}

TEST(ProgramArray, ConductanceIsNeverNegative)
{
    config::TileConfig c = quiet_tile();
    c.device.programming_noise = true;
    const auto g = program_array(c, all_cells(0)).g_pos.data();
    const auto zeros = std::count(g.begin(), g.end(), 0.0);
    EXPECT_NEAR(static_cast<double>(zeros) / n_cells, 0.5, 4 * 0.5 / std::sqrt(n_cells));
    EXPECT_GE(*std::min_element(g.begin(), g.end()), 0.0);
}

/// Drift exponent of every cell, from a read at age 0 and one later.
std::vector<double> exponents(config::TileConfig c, std::int16_t code)
{
    c.device.drift = true;
    c.device.age_s = 0.0;
    const auto before = program_array(c, all_cells(code)).g_pos.data();
    c.device.age_s = 2700.0;  // 300 s + 2700 s is ten times t_0
    const auto after = program_array(c, all_cells(code)).g_pos.data();
    std::vector<double> nu;
    for (std::size_t i = 0; i < before.size(); ++i) {
        nu.push_back(std::log10(before[i] / after[i]));
    }
    return nu;
}

TEST(ProgramArray, DriftExponentsHaveTheMeanAndSdOfTheFit)
{
    const HermesFit fit(2);
    const auto nu = exponents(quiet_tile(), 64);
    const double sd = fit.nu_sd(64 / 127.0);
    EXPECT_NEAR(mean_of(nu), fit.nu_mean(64 / 127.0), 4 * sd / std::sqrt(n_cells));
    EXPECT_NEAR(sd_of(nu) / sd, 1.0, 4 / std::sqrt(2 * n_cells));
}

TEST(ProgramArray, OneSourceSwitchedOffLeavesTheNumbersOfTheOthers)
{
    config::TileConfig c = quiet_tile();
    const auto without = exponents(c, 100);
    c.device.programming_noise = true;
    const auto with = exponents(c, 100);
    for (std::size_t i = 0; i < with.size(); ++i) { ASSERT_NEAR(with[i], without[i], 1e-13); }

    c.device.read_noise = config::ReadNoise::per_column;  // fresh noise does not touch the mean
    const auto g_noisy = program_array(c, all_cells(100));
    c.device.read_noise = config::ReadNoise::none;
    EXPECT_EQ(g_noisy.g_pos.data(), program_array(c, all_cells(100)).g_pos.data());
}

/// Hermes with every source, at an age after verification.
Conductances at_age(double age_s)
{
    config::TileConfig c = quiet_tile();
    c.device.programming_noise = c.device.drift = true;
    c.device.read_noise = config::ReadNoise::per_column;
    c.device.age_s = age_s;
    return program_array(c, all_cells(90));
}

TEST(ProgramArray, IsTheSameArrayAtEveryAgeOnlyOlder)
{
    config::TileConfig programmed = quiet_tile();
    programmed.device.programming_noise = true;
    programmed.device.age_s = 1e6;  // without drift: as programmed
    const Conductances at_t_0 = at_age(0.0);
    EXPECT_TRUE(program_array(programmed, all_cells(90)).g_pos == at_t_0.g_pos);
    EXPECT_TRUE(at_age(0.0).g_pos == at_t_0.g_pos);

    // (t / t_0)^-nu: with nu from one age the other ages are known; 300 s is t_0
    const auto month = at_age(30 * 86400.0).g_pos.data();
    for (const double age_s : {3600.0, 86400.0}) {
        const auto then = at_age(age_s).g_pos.data();
        for (std::size_t i = 0; i < then.size(); ++i) {
            const double before = at_t_0.g_pos.data()[i];
            const double nu = std::log(before / month[i]) / std::log((300.0 + 30 * 86400.0) / 300);
            ASSERT_NEAR(then[i], before * std::pow((300.0 + age_s) / 300.0, -nu), 1e-13 * before);
        }
    }
    EXPECT_TRUE(at_age(0.0).g_pos == at_t_0.g_pos) << "an older array in between changes nothing";
}

TEST(ProgramArray, StatisticalProgrammingGivesAnUpperBoundOfItsTime)
{
    config::TileConfig c = quiet_tile();
    c.device.write_verify.max_iterations = 7;
    c.device.write_verify.n_pulse = 1000;
    c.device.write_verify.n_verify = 500;
    const ProgrammingFacts facts = program_array(c, all_cells(1)).programming;
    EXPECT_EQ(facts.cycles, n_rows * 2 * 7 * 1500);
    EXPECT_EQ(facts.pulses, 0U) << "not known";
    EXPECT_EQ(facts.unconverged, 0U);
    c.device.model = config::DeviceModel::ideal;
    EXPECT_EQ(program_array(c, all_cells(1)).programming.cycles, 0U);
}

TEST(ProgramArray, ReadNoiseGrowsWithAgeAndShrinksWithALongerRead)
{
    const HermesFit fit(2);
    config::TileConfig c = quiet_tile();
    c.device.read_noise = config::ReadNoise::per_column;
    const auto sigma = [&] {
        return program_array(c, all_cells(127)).sigma_pos(WordLine{3}, BitLine{4});
    };
    const double base = 20.7e-6 * fit.read_noise(1.0);
    EXPECT_NEAR(sigma(), base * read_noise_growth(300.0_s, 512.0_ns), 1e-18);
    c.device.age_s = 86400.0;
    EXPECT_NEAR(sigma(), base * read_noise_growth(86700.0_s, 512.0_ns), 1e-18);
    c.read.mode = config::ReadMode::one_phase;
    EXPECT_NEAR(sigma(), base * read_noise_growth(86700.0_s, 128.0_ns), 1e-18);
}

TEST(ProgramArray, FrozenShareMovesVarianceFromFreshToFixed)
{
    config::TileConfig c = quiet_tile();
    c.device.read_noise = config::ReadNoise::per_column;
    const Conductances fresh = program_array(c, all_cells(127));
    const double sigma = fresh.sigma_pos(WordLine{0}, BitLine{0});
    c.device.frozen_share = 0.36;
    const Conductances mixed = program_array(c, all_cells(127));
    EXPECT_NEAR(mixed.sigma_pos(WordLine{0}, BitLine{0}), 0.8 * sigma, 1e-18);
    EXPECT_NEAR(mean_of(mixed.g_pos.data()), 20.7e-6, 4 * 0.6 * sigma / std::sqrt(n_cells));
    EXPECT_NEAR(sd_of(mixed.g_pos.data()) / (0.6 * sigma), 1.0, 4 / std::sqrt(2 * n_cells));
    c.device.frozen_share = 1.0;
    EXPECT_EQ(program_array(c, all_cells(127)).sigma_pos(WordLine{0}, BitLine{0}), 0.0);
}

TEST(ProgramArray, IsAFunctionOfTheDeviceSeedAndTheTileOnly)
{
    config::TileConfig c = quiet_tile();
    c.device.programming_noise = true;
    const auto base = program_array(c, all_cells(127));
    EXPECT_NE(base.g_pos.row(0)[0], base.g_pos.row(1)[0]) << "rows share their numbers";
    config::TileConfig other = c;
    other.seed.read = 99;
    EXPECT_TRUE(program_array(other, all_cells(127)).g_pos == base.g_pos);
    other.seed.device = 99;
    EXPECT_FALSE(program_array(other, all_cells(127)).g_pos == base.g_pos);
    other = c;
    other.index = 1;
    EXPECT_FALSE(program_array(other, all_cells(127)).g_pos == base.g_pos);
    const auto swapped = program_array(c, all_cells(-127));
    EXPECT_FALSE(swapped.g_neg == base.g_pos) << "the two polarities share their numbers";
}

TEST(GMax, IsWhatTheRulesOfTheConfigurationKnow)
{
    config::TileConfig tile;
    for (const auto model : {config::DeviceModel::hermes, config::DeviceModel::pcm_like}) {
        for (const int devices : {1, 2}) {
            tile.device.model = model;
            tile.device.devices_per_polarity = devices;
            EXPECT_NEAR(make_fit(tile)->g_max().si(), config::g_max_uS(tile.device) * 1e-6, 1e-18);
        }
    }
}

TEST(GMax, IsTheEndOfTheFitUnlessGiven)
{
    config::DeviceConfig d;
    EXPECT_TRUE(g_max(d) == 25.0_uS);
    d.model = config::DeviceModel::hermes;
    EXPECT_TRUE(g_max(d) == 20.7_uS);
    d.devices_per_polarity = 1;
    EXPECT_TRUE(g_max(d) == 10.35_uS);
    d.g_max_uS = 5.0;
    EXPECT_NEAR(g_max(d).si(), 5e-6, 1e-20);
    d.model = config::DeviceModel::pcm_like;
    EXPECT_NEAR(g_max(d).si(), 5e-6, 1e-20);
    d.g_max_uS.reset();
    EXPECT_TRUE(g_max(d) == 25.0_uS);
}

}  // namespace
}  // namespace aimc::device
