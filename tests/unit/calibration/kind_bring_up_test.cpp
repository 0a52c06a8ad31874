// SPDX-License-Identifier: Apache-2.0
// A tile of every kind comes up by every method: the words that follow, what is left, and what the
// report learns of it.
#include "aimc/calibration/bring_up.h"
#include "aimc/config/words.h"

#include "support/figure.h"
#include "support/kind_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace aimc::calibration {
namespace {

using config::CalibrationMethod;
using config::Scheme;
using config::TileConfig;

/// A tile of 64 x 16 with lanes that have bits enough for its sums.
TileConfig wide(TileConfig c)
{
    c.rows = 64;
    c.cols = 16;
    c.nmpu.lanes = 8;
    c.nmpu.scale_bits = 16;
    const bool has_small_sums = c.kind == config::TileKind::pim;  // in units of a converter's step
    c.nmpu.scale_fraction = has_small_sums ? 14 : 20;
    c.nmpu.round_bits = 6;
    c.nmpu.cut = c.nmpu.scale_fraction - c.nmpu.round_bits - 2;
    c.nmpu.offset_bits = 12;
    c.calibration.count = 512;
    c.calibration.method = CalibrationMethod::least_squares;
    c.crossbar.g_map = config::GMap::column;
    return c;
}

TileConfig chip_like(Scheme scheme)
{
    TileConfig c = wide(test::tiny_pim(scheme));
    c.pim.group_size = 9;
    c.pim.gain_sd = 0.1;
    c.pim.offset_sd_lsb = 2.0;
    c.pim.sigma_lsb = 0.35;
    return c;
}

struct Tile {
    explicit Tile(const TileConfig& given)
        : config(given),
          work(config::workload_for(config)),
          targets(cell_targets(config, work)),
          bring_up(config, work, targets, best_simd_level())
    {
        mvm::Chip chip = mvm::make_chip(config, targets);
        bring_up.start(chip);
    }
    const LayerCalibration& layer() const { return bring_up.layers().front(); }

    TileConfig config;
    config::Workload work;
    device::CellTargets targets;
    BringUp bring_up;
};

Tile brought_up(TileConfig c, CalibrationMethod method)
{
    c.calibration.method = method;
    return Tile(c);
}

double mean(const std::vector<double>& v)
{
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}
double largest_magnitude(const std::vector<double>& v)
{
    double most = 0.0;
    for (const double one : v) { most = std::max(most, std::fabs(one)); }
    return most;
}

TEST(KindBringUp, EveryMethodGivesWordsForEveryKind)
{
    for (const TileConfig& c : {chip_like(Scheme::native), chip_like(Scheme::differential),
                                chip_like(Scheme::bit_serial), wide(test::tiny_digital())}) {
        for (const CalibrationMethod method :
             {CalibrationMethod::least_squares, CalibrationMethod::nominal,
              CalibrationMethod::batch_norm, CalibrationMethod::least_squares_batch_norm}) {
            const Tile tile = brought_up(c, method);
            EXPECT_EQ(tile.bring_up.method(), config::word_of(method));
            EXPECT_TRUE(tile.bring_up.upkeep().calibrated);
            EXPECT_EQ(tile.bring_up.upkeep().vectors, 512U);
            const LayerCalibration& l = tile.layer();
            EXPECT_EQ(l.scales_clipped + l.offsets_clipped + l.rank_deficient, 0U);
            for (const auto* of_column : {&l.rho_before, &l.rho_after, &l.mean_before_lsb,
                                          &l.mean_after_lsb, &l.gain_after, &l.after_lsb}) {
                EXPECT_EQ(of_column->size(), 16U);
            }
            for (const auto& words : l.words.nmpu) { EXPECT_GT(words.s_p, 0); }
        }
    }
}

TEST(KindBringUp, PlayingADigitalTileTakesItsOwnCycles)
{
    TileConfig c = wide(test::tiny_digital());
    const Tile tile(c);
    // 8 cycles per vector, or its post unit: 16 columns on 8 lanes, N = 2 + 3; F = 2 and the last N
    EXPECT_EQ(tile.layer().cycles, 512U * 8 + 2 + 5);
}

TEST(KindBringUp, CuresOfAPimChipBringItsMomentsBack)
{
    for (const Scheme scheme : {Scheme::native, Scheme::differential, Scheme::bit_serial}) {
        SCOPED_TRACE(static_cast<int>(scheme));
        const TileConfig c = chip_like(scheme);
        const Tile raw = brought_up(c, CalibrationMethod::nominal);
        const Tile fitted = brought_up(c, CalibrationMethod::least_squares);
        const Tile normed = brought_up(c, CalibrationMethod::batch_norm);
        const Tile both = brought_up(c, CalibrationMethod::least_squares_batch_norm);
        for (const Tile* tile : {&raw, &fitted, &normed, &both}) {
            EXPECT_EQ(tile->layer().rho_before, raw.layer().rho_before) << "before any cure";
            EXPECT_EQ(tile->layer().mean_before_lsb, raw.layer().mean_before_lsb);
        }
        EXPECT_NEAR(mean(raw.layer().rho_after), mean(raw.layer().rho_before), 0.02);
        for (const Tile* tile : {&fitted, &normed, &both}) {
            EXPECT_LT(largest_magnitude(tile->layer().mean_after_lsb), 0.3) << "a rounded offset";
            EXPECT_GT(largest_magnitude(tile->layer().mean_before_lsb), 0.6);
            EXPECT_LT(mean(tile->layer().after_lsb), mean(raw.layer().after_lsb));
        }
        for (const Tile* tile : {&normed, &both}) {
            for (const double rho : tile->layer().rho_after) { EXPECT_NEAR(rho, 1.0, 0.01); }
        }
        for (const double rho : fitted.layer().rho_after) { EXPECT_LT(rho, 1.0); }
        EXPECT_LE(mean(fitted.layer().after_lsb), mean(both.layer().after_lsb));
        EXPECT_LE(mean(fitted.layer().after_lsb), mean(normed.layer().after_lsb));
        std::printf(
            "figure: residual rms %.3f raw, %.3f least squares, %.3f batch norm, %.3f both\n",
            mean(raw.layer().after_lsb), mean(fitted.layer().after_lsb),
            mean(normed.layer().after_lsb), mean(both.layer().after_lsb));
    }
}

TEST(KindBringUp, ADigitalTileNeedsNoCure)
{
    TileConfig c = wide(test::tiny_digital());
    c.crossbar.g_map = config::GMap::tile;
    const Tile raw = brought_up(c, CalibrationMethod::nominal);
    const Tile fitted = brought_up(c, CalibrationMethod::least_squares);
    const Tile normed = brought_up(c, CalibrationMethod::batch_norm);
    for (std::size_t col = 0; col < c.cols; ++col) {
        for (const Tile* cured : {&fitted, &normed}) {
            EXPECT_EQ(cured->layer().words.nmpu[col].s_p, raw.layer().words.nmpu[col].s_p);
            EXPECT_EQ(cured->layer().words.nmpu[col].s_n, raw.layer().words.nmpu[col].s_n);
        }
    }
    for (const double rho : raw.layer().rho_before) { EXPECT_NEAR(rho, 1.0, 1e-12); }
    EXPECT_LT(largest_magnitude(raw.layer().mean_before_lsb), 1e-9);
    EXPECT_LT(largest_magnitude(raw.layer().after_lsb), 0.1) << "scales of 16 bits";
}

TEST(KindBringUp, FixedWordsKnowWhatACountIs)
{
    TileConfig c = wide(test::tiny_digital());
    c.crossbar.g_map = config::GMap::tile;
    c.calibration.method = CalibrationMethod::fixed;
    c.calibration.fixed_scale = 0.001;
    const Tile tile(c);
    EXPECT_EQ(tile.bring_up.method(), "fixed");
    EXPECT_FALSE(tile.bring_up.upkeep().calibrated);
    EXPECT_DOUBLE_EQ(tile.layer().y_lsb, 1000.0);
}

}  // namespace
}  // namespace aimc::calibration
