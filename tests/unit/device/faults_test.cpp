// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/load.h"
#include "aimc/device/array_state.h"
#include "aimc/device/pcm_fits.h"

#include "unit/config/input_files.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace aimc::device {
namespace {

constexpr std::size_t n = 96;  // rows and columns
constexpr double n_devices = n * n * 4;

/// Hermes cells with every noise source off.
config::TileConfig quiet_tile()
{
    config::TileConfig c;
    c.rows = c.cols = n;
    c.device.model = config::DeviceModel::hermes;
    c.device.programming_noise = false;
    c.device.drift = false;
    c.device.read_noise = config::ReadNoise::none;
    return c;
}

config::TileConfig noisy_tile()
{
    config::TileConfig c = quiet_tile();
    c.device.programming_noise = c.device.drift = true;
    c.device.read_noise = config::ReadNoise::per_column;
    c.device.age_s = 86400.0;
    return c;
}

CellTargets all_cells(std::int16_t code) { return {Matrix<std::int16_t>(n, n, code), 127}; }

bool same(const Conductances& a, const Conductances& b)
{
    return a.g_pos == b.g_pos && a.g_neg == b.g_neg && a.sigma_pos == b.sigma_pos &&
           a.sigma_neg == b.sigma_neg;
}

class Faulty : public config::testing::InputFiles {
protected:
    /// The tile with the faults of a list.
    config::TileConfig listed(config::TileConfig c, const std::string& body) const
    {
        c.device.faults.file = put("faults.json", R"({"format": "aimc-faults/1", )" + body + "}");
        return c;
    }
};

double at(const Matrix<double>& m, std::size_t r, std::size_t c)
{
    return m(WordLine{r}, BitLine{c});
}

TEST_F(Faulty, AnEmptyListChangesNothing)
{
    const Conductances sound = program_array(noisy_tile(), all_cells(-70));
    const auto tile = listed(noisy_tile(), R"("dead_rows": [], "stuck": [])");
    const Conductances checked = program_array(tile, all_cells(-70));
    EXPECT_TRUE(same(sound, checked));
    EXPECT_EQ(checked.faults.stuck_reset + checked.faults.stuck_set, 0U);
    EXPECT_EQ(checked.faults.dead_rows + checked.faults.dead_cols, 0U);
}

TEST_F(Faulty, StuckDevicesTakeTheirPlaceInThePair)
{
    const auto tile = listed(quiet_tile(), R"("stuck": [
        {"row": 1, "col": 2, "polarity": "pos", "device": 0, "state": "reset"},
        {"row": 3, "col": 4, "polarity": "pos", "device": 1, "state": "set"},
        {"row": 5, "col": 6, "polarity": "neg", "device": 0, "state": "set"},
        {"row": 7, "col": 8, "polarity": "pos", "device": 0, "state": "reset"},
        {"row": 7, "col": 8, "polarity": "pos", "device": 1, "state": "reset"},
        {"row": 9, "col": 10, "polarity": "pos", "device": 0, "state": "set"},
        {"row": 9, "col": 10, "polarity": "pos", "device": 1, "state": "set"}])");
    const Conductances g = program_array(tile, all_cells(127));
    const double one = 20.7e-6 / 2;  // what one device carries of g_max
    EXPECT_NEAR(at(g.g_pos, 1, 2), one, 1e-18) << "half, nobody compensates";
    EXPECT_NEAR(at(g.g_pos, 3, 4), one + 4.5 * one, 1e-18);
    EXPECT_NEAR(at(g.g_neg, 5, 6), 4.5 * one, 1e-18);
    EXPECT_EQ(at(g.g_pos, 7, 8), 0.0);
    EXPECT_NEAR(at(g.g_pos, 9, 10), 9.0 * one, 1e-18);
    EXPECT_NEAR(at(g.g_pos, 2, 1), 2 * one, 1e-18) << "a row is not a column";
    EXPECT_EQ(g.faults.stuck_reset, 3U);
    EXPECT_EQ(g.faults.stuck_set, 4U);
    double sum = 0.0;
    for (const double value : g.g_pos.data()) { sum += value; }
    EXPECT_NEAR(sum / one, 2.0 * n * n - 1 + 3.5 - 2 + 7, 1e-6) << "all others are untouched";
}

TEST_F(Faulty, OneDevicePerPolarityIsTheWholePolarity)
{
    auto tile = quiet_tile();
    tile.device.devices_per_polarity = 1;
    tile.device.faults.set_ratio = 2.0;
    tile = listed(tile, R"("stuck": [
        {"row": 0, "col": 0, "polarity": "pos", "device": 0, "state": "reset"},
        {"row": 0, "col": 1, "polarity": "neg", "device": 0, "state": "set"}])");
    const Conductances g = program_array(tile, all_cells(127));
    EXPECT_EQ(at(g.g_pos, 0, 0), 0.0);
    EXPECT_NEAR(at(g.g_neg, 0, 1), 2.0 * 10.35e-6, 1e-18);
}

TEST_F(Faulty, NoiseOfAPairWithStuckDevices)
{
    const HermesFit fit(2);
    auto tile = quiet_tile();
    tile.device.read_noise = config::ReadNoise::per_column;
    tile = listed(tile, R"("stuck": [
        {"row": 0, "col": 0, "polarity": "pos", "device": 0, "state": "reset"},
        {"row": 0, "col": 1, "polarity": "pos", "device": 0, "state": "set"},
        {"row": 0, "col": 2, "polarity": "pos", "device": 0, "state": "set"},
        {"row": 0, "col": 2, "polarity": "pos", "device": 1, "state": "set"}])");
    const Conductances g = program_array(tile, all_cells(64));
    const double growth = read_noise_growth(300.0_s, 128.0_ns);
    const double full = 20.7e-6 * 64 / 127 * fit.read_noise(64 / 127.0) * growth;
    const double set = 4.5 * 20.7e-6 / 2 * fit.read_noise(1.0) * std::sqrt(2.0) * growth;
    EXPECT_NEAR(at(g.sigma_pos, 1, 1), full, 1e-18);
    EXPECT_NEAR(at(g.sigma_pos, 0, 0), full / std::sqrt(2.0), 1e-18) << "half of the variance";
    EXPECT_NEAR(at(g.sigma_pos, 0, 1), std::hypot(full / std::sqrt(2.0), set), 1e-18);
    EXPECT_NEAR(at(g.sigma_pos, 0, 2), std::sqrt(2.0) * set, 1e-18);
}

TEST_F(Faulty, AStuckDeviceNeitherDriftsNorHasProgrammingError)
{
    auto tile = noisy_tile();
    tile.device.age_s = 1e6;
    tile = listed(tile, R"("stuck": [
        {"row": 0, "col": 2, "polarity": "pos", "device": 0, "state": "set"},
        {"row": 0, "col": 2, "polarity": "pos", "device": 1, "state": "set"}])");
    const Conductances g = program_array(tile, all_cells(64));
    EXPECT_NEAR(at(g.g_pos, 0, 2), 9.0 * 20.7e-6 / 2, 1e-18);
}

TEST_F(Faulty, ProgrammingErrorOfHalfAPairIsItsShare)
{
    config::TileConfig tile = quiet_tile();
    tile.device.programming_noise = true;
    const Conductances sound = program_array(tile, all_cells(127));
    tile = listed(tile, R"("stuck": [
        {"row": 4, "col": 9, "polarity": "pos", "device": 1, "state": "reset"}])");
    const Conductances half = program_array(tile, all_cells(127));
    const double error = at(sound.g_pos, 4, 9) - 20.7e-6;
    EXPECT_NEAR(at(half.g_pos, 4, 9), 10.35e-6 + error / std::sqrt(2.0), 1e-18);
    EXPECT_EQ(at(half.g_pos, 4, 8), at(sound.g_pos, 4, 8));
}

TEST_F(Faulty, DeadLinesReadNothing)
{
    const auto tile = listed(noisy_tile(), R"("dead_rows": [3], "dead_cols": [0, 95])");
    const Conductances sound = program_array(noisy_tile(), all_cells(50));
    const Conductances g = program_array(tile, all_cells(50));
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t c = 0; c < n; ++c) {
            const bool dead = r == 3 || c == 0 || c == 95;
            ASSERT_EQ(at(g.g_pos, r, c), dead ? 0.0 : at(sound.g_pos, r, c));
            ASSERT_EQ(at(g.g_neg, r, c), dead ? 0.0 : at(sound.g_neg, r, c));
            ASSERT_EQ(at(g.sigma_pos, r, c), dead ? 0.0 : at(sound.sigma_pos, r, c));
            ASSERT_EQ(at(g.sigma_neg, r, c), dead ? 0.0 : at(sound.sigma_neg, r, c));
        }
    }
    EXPECT_EQ(g.faults.dead_rows, 1U);
    EXPECT_EQ(g.faults.dead_cols, 2U);
}

TEST_F(Faulty, RatesAreMetAndEveryDeviceIsOnItsOwn)
{
    config::TileConfig tile = quiet_tile();
    tile.device.faults.stuck_reset_rate = 0.2;
    tile.device.faults.stuck_set_rate = 0.1;
    const Conductances g = program_array(tile, all_cells(0));
    const auto sd = [](double p) { return std::sqrt(p * (1 - p) * n_devices); };
    EXPECT_NEAR(static_cast<double>(g.faults.stuck_reset), 0.2 * n_devices, 4 * sd(0.2));
    EXPECT_NEAR(static_cast<double>(g.faults.stuck_set), 0.1 * n_devices, 4 * sd(0.1));
    // a pair has none, one or two devices at SET with 0.81, 0.18, 0.01
    double ones = 0.0;
    double twos = 0.0;
    for (const auto* m : {&g.g_pos, &g.g_neg}) {
        for (const double value : m->data()) {
            const double set = value / (4.5 * 20.7e-6 / 2);
            ones += std::fabs(set - 1.0) < 1e-9 ? 1 : 0;
            twos += std::fabs(set - 2.0) < 1e-9 ? 1 : 0;
        }
    }
    const double pairs = n_devices / 2;
    EXPECT_NEAR(ones, 0.18 * pairs, 4 * std::sqrt(0.18 * 0.82 * pairs));
    EXPECT_NEAR(twos, 0.01 * pairs, 4 * std::sqrt(0.01 * 0.99 * pairs));
}

TEST_F(Faulty, ARateLeavesTheOtherDevicesAlone)
{
    config::TileConfig tile = noisy_tile();
    const Conductances sound = program_array(tile, all_cells(80));
    tile.device.faults.stuck_reset_rate = 0.05;
    tile.device.faults.dead_row_rate = 0.1;
    tile.device.faults.dead_col_rate = 0.1;
    const Conductances g = program_array(tile, all_cells(80));
    EXPECT_GT(g.faults.dead_rows, 0U);
    EXPECT_GT(g.faults.dead_cols, 0U);
    double changed = 0.0;
    for (std::size_t i = 0; i < n * n; ++i) {
        const bool dead = g.sigma_pos.data()[i] == 0.0 && g.sigma_neg.data()[i] == 0.0;
        changed += !dead && g.g_pos.data()[i] != sound.g_pos.data()[i] ? 1 : 0;
    }
    const double alive = static_cast<double>((n - g.faults.dead_rows) * (n - g.faults.dead_cols));
    EXPECT_NEAR(changed / alive, 1 - 0.95 * 0.95, 4 * std::sqrt(0.0975 * 0.9025 / alive));
    tile.seed.device = 2;
    EXPECT_NE(program_array(tile, all_cells(80)).faults.stuck_reset, g.faults.stuck_reset);
}

TEST_F(Faulty, AListedDeviceIsWhatTheListSays)
{
    config::TileConfig tile = quiet_tile();
    tile.device.faults.stuck_reset_rate = 1.0;
    tile = listed(tile, R"("stuck": [
        {"row": 0, "col": 1, "polarity": "pos", "device": 1, "state": "set"}])");
    const Conductances g = program_array(tile, all_cells(127));
    EXPECT_NEAR(at(g.g_pos, 0, 1), 4.5 * 20.7e-6 / 2, 1e-18);
    EXPECT_EQ(g.faults.stuck_reset, n * n * 4 - 1);
    EXPECT_EQ(g.faults.stuck_set, 1U);
}

TEST_F(Faulty, AnIdealDeviceCanBeStuckToo)
{
    config::TileConfig tile = quiet_tile();
    tile.device.model = config::DeviceModel::ideal;
    tile = listed(tile, R"("dead_rows": [5], "stuck": [
        {"row": 0, "col": 0, "polarity": "pos", "device": 1, "state": "reset"}])");
    const Conductances g = program_array(tile, all_cells(127));
    EXPECT_NEAR(at(g.g_pos, 0, 0), 12.5e-6, 1e-18);
    EXPECT_EQ(at(g.g_pos, 5, 0), 0.0);
    EXPECT_NEAR(at(g.g_pos, 6, 0), 25e-6, 1e-18);
}

TEST_F(Faulty, ThePresetHasMoreThan99PercentUsableCells)
{
    // Source: LeGallo23, second-hand notes: above 99 % on 63 of 64 cores
    const std::string file = AIMC_SOURCE_DIR "/configs/tile/hermes_faulty.json";
    config::TileConfig tile = config::load_config(file).tile;
    tile.device.programming_noise = tile.device.drift = false;
    CellTargets targets{Matrix<std::int16_t>(tile.rows, tile.cols, 0), 127};
    // a cell is usable when its four devices are: both polarities, at a target and at 0
    std::vector<bool> usable(tile.rows * tile.cols, true);
    for (const auto code : {std::int16_t{127}, std::int16_t{-127}}) {
        std::fill(targets.codes.data().begin(), targets.codes.data().end(), code);
        const Conductances g = program_array(tile, targets);
        EXPECT_GT(g.faults.stuck_reset, 0U);
        EXPECT_GT(g.faults.stuck_set, 0U);
        for (std::size_t i = 0; i < usable.size(); ++i) {
            const double net = g.g_pos.data()[i] - g.g_neg.data()[i];
            if (std::fabs(net - (code > 0 ? 20.7e-6 : -20.7e-6)) > 1e-9) { usable[i] = false; }
        }
    }
    const auto count = std::count(usable.begin(), usable.end(), true);
    const double share = static_cast<double>(count) / static_cast<double>(usable.size());
    EXPECT_GT(share, 0.99);
    EXPECT_LT(share, 0.995);
}

}  // namespace
}  // namespace aimc::device
