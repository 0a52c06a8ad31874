// SPDX-License-Identifier: Apache-2.0
#include "aimc/device/table_fit.h"

#include "aimc/device/array_state.h"
#include "aimc/device/pcm_fits.h"

#include "unit/config/input_files.h"

#include <cmath>
#include <string>

namespace aimc::device {
namespace {

const std::string shipped = AIMC_SOURCE_DIR "/configs/devices/pcm_like_25uS.json";

/// Three points by hand, beyond g_max of 20 uS.
config::DeviceTable by_hand()
{
    config::DeviceTable table;
    table.g_max_uS = 20.0;
    table.t_0_s = 60.0;
    table.points = {
        {0.0, 0.2, 0.10, 0.04, 0.05}, {10.0, 1.0, 0.05, 0.01, 0.02}, {25.0, 0.7, 0.02, 0.01, 0.01}};
    return table;
}

TEST(TableFit, DrawsStraightLinesBetweenPoints)
{
    const TableFit fit(by_hand(), 100.0_ns);
    EXPECT_NEAR(fit.g_max().si(), 20e-6, 1e-20);
    EXPECT_TRUE(fit.t_0() == 60.0_s);
    EXPECT_TRUE(fit.t_read() == 100.0_ns);
    EXPECT_NEAR(fit.programming_sd(0.0).si(), 0.2e-6, 1e-18);
    EXPECT_NEAR(fit.programming_sd(0.25).si(), 0.6e-6, 1e-18);  // 5 uS
    EXPECT_NEAR(fit.programming_sd(0.5).si(), 1.0e-6, 1e-18);   // a point
    EXPECT_NEAR(fit.nu_mean(0.25), 0.075, 1e-15);
    EXPECT_NEAR(fit.nu_sd(0.1), 0.034, 1e-15);                       // 2 uS: a fifth of the way
    EXPECT_NEAR(fit.read_noise(1.0), 0.02 - 0.01 * 10 / 15, 1e-15);  // 20 uS
}

TEST(TableFit, HoldsTheLastPoint)
{
    const TableFit fit(by_hand(), 100.0_ns);
    EXPECT_NEAR(fit.read_noise(1.25), 0.01, 1e-15);
    EXPECT_NEAR(fit.read_noise(2.0), 0.01, 1e-15);
    EXPECT_NEAR(fit.programming_sd(9.0).si(), 0.7e-6, 1e-18);
}

TEST(TableFit, TheShippedTableIsThePcmLikeFit)
{
    const TableFit table(config::load_device_table(shipped), 250.0_ns);
    const PcmLikeFit fit;
    double worst_nu = 0.0;
    double worst_read = 0.0;
    for (int k = 0; k <= 10000; ++k) {
        const double g = k / 10000.0;
        // curvature 2 x 1.1731 uS, widest interval 0.01: 1.1731 * 0.01^2 / 4 = 3e-5 uS
        ASSERT_NEAR(table.programming_sd(g).si() * 1e6, fit.programming_sd(g).si() * 1e6, 3.1e-5);
        worst_nu = std::max({worst_nu, std::fabs(table.nu_mean(g) - fit.nu_mean(g)),
                             std::fabs(table.nu_sd(g) - fit.nu_sd(g))});
        worst_read = std::max(worst_read, std::fabs(table.read_noise(g) / fit.read_noise(g) - 1.0));
    }
    // largest where nu_mean leaves its cap, g = 0.0076: slope 0.0155 / g, a quarter of 0.00088 wide
    EXPECT_LT(worst_nu, 4.5e-4);
    EXPECT_LT(worst_read, 0.02) << "at the corner of the cap";
}

config::TileConfig shipped_tile()
{
    config::TileConfig tile;
    tile.rows = tile.cols = 16;
    tile.device.model = config::DeviceModel::table;
    tile.device.table = shipped;
    return tile;
}

TEST(TableDevice, ProgramsAsTheFitItWasMadeFrom)
{
    const CellTargets targets{Matrix<std::int16_t>(16, 16, 90), 127};
    config::TileConfig tile = shipped_tile();
    tile.device.age_s = 3600.0;
    const Conductances table = program_array(tile, targets);
    tile.device.model = config::DeviceModel::pcm_like;
    tile.device.table.clear();
    const Conductances fit = program_array(tile, targets);
    for (std::size_t i = 0; i < 256; ++i) {
        const double g = fit.g_pos.data()[i];
        ASSERT_NEAR(table.g_pos.data()[i], g, 2e-4 * 25e-6);
        ASSERT_NEAR(table.sigma_pos.data()[i], fit.sigma_pos.data()[i], 1e-3 * g);
    }
    EXPECT_FALSE(table.g_pos == fit.g_pos) << "the table was not used";
}

TEST(TableDevice, BringsItsTimesAndItsRange)
{
    config::TileConfig tile = shipped_tile();
    EXPECT_NEAR(g_max(tile.device).si(), 25e-6, 1e-20);
    EXPECT_NEAR(make_fit(tile)->t_read().si(), 250e-9, 1e-21);
    tile.device.t_read_ns = 400.0;
    tile.device.g_max_uS = 12.5;
    EXPECT_NEAR(make_fit(tile)->t_read().si(), 400e-9, 1e-21);
    EXPECT_NEAR(make_fit(tile)->g_max().si(), 25e-6, 1e-20) << "of the model, not of the weights";
    EXPECT_NEAR(g_max(tile.device).si(), 12.5e-6, 1e-20);
}

/// What() of the ConfigError that programming must give.
std::string refusal(const config::TileConfig& tile)
{
    try {
        program_array(tile, {Matrix<std::int16_t>(16, 16, 1), 127});
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "was accepted";
}

TEST(TableDevice, RefusesWhatItDoesNotCover)
{
    config::TileConfig tile = shipped_tile();
    tile.device.g_max_uS = 25.1;
    EXPECT_EQ(refusal(tile), shipped + ": covers 0 to 25 uS, but device.g_max_uS is 25.1");
    EXPECT_THROW(g_max(tile.device), ConfigError);
    tile = shipped_tile();
    tile.device.t_read_ns = 3e10;
    EXPECT_EQ(refusal(tile),
              shipped + ": /t_0_s is 20, shorter than device.t_read_ns, which is 30000000000");
}

TEST(TableDevice, RefusesAConductanceGridThatDoesNotFit)
{
    config::TileConfig tile = shipped_tile();
    tile.crossbar.g_lsb_nS = 0.5;
    EXPECT_EQ(refusal(tile), shipped +
                                 ": /g_max_uS is 25, which is 50000 steps of "
                                 "crossbar.g_lsb_nS, 0.5; must be 1 to 32767");
    tile.crossbar.g_lsb_nS = 30000.0;
    EXPECT_NE(refusal(tile).find("0.833333 steps"), std::string::npos);
    tile.device.g_max_uS = 10.0;  // then the reader of the configuration has checked it
    EXPECT_EQ(refusal(tile), "was accepted");
}

class MissingTable : public config::testing::InputFiles {};

TEST_F(MissingTable, IsNamed)
{
    config::TileConfig tile = shipped_tile();
    tile.device.table = path("none.json");
    config::testing::expect_input_error("missing", {path("none.json")},
                                        [&] { g_max(tile.device); });
}

}  // namespace
}  // namespace aimc::device
