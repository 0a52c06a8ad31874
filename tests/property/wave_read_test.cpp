// SPDX-License-Identifier: Apache-2.0
// The time-resolved read by blocks of columns against the readable one, count for count and event
// for event, for random tiles, curves, windows and inputs at every SIMD level.
#include "aimc/base/error.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/converters/wave_adc.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/wave_driver.h"

#include "support/small_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace aimc {
namespace {

using converters::AdcEvents;
using converters::CurveTable;
using crossbar::Phase;
using crossbar::Window;
using test::Dice;

struct Tile {
    config::TileConfig config;
    crossbar::GridArray array;
    CurveTable curves;
    Window window;
};

config::TileConfig random_config(Dice& dice)
{
    config::TileConfig c;
    c.rows = static_cast<std::size_t>(dice.roll(1, dice.flip() ? 12 : 90));
    c.cols = static_cast<std::size_t>(dice.roll(1, 40));
    c.read.mode = dice.flip() ? config::ReadMode::one_phase : config::ReadMode::four_phase;
    c.read.n_window = dice.flip() ? 127 : dice.roll(127, 300);
    c.crossbar.g_lsb_nS = 4.0;
    c.crossbar.v_read_mV = 200.0;
    c.device.read_noise = config::ReadNoise::none;
    c.adc.integration = config::Integration::time_resolved;
    c.adc.rounding = dice.flip() ? config::Rounding::floor : config::Rounding::nearest;
    c.adc.count_bits = dice.roll(6, 14);
    c.adc.count_fraction = dice.flip() ? 0 : dice.roll(1, 6);
    c.adc.sigma_lsb = dice.flip() ? 0.0 : 0.1 * dice.roll(1, 40);
    if (c.read.mode == config::ReadMode::one_phase && dice.flip()) {
        c.adc.polarity_deadband_uA = 0.01 * dice.roll(1, dice.flip() ? 20 : 4000);
    }
    c.nmpu.branch = dice.flip() ? config::Branch::single : c.nmpu.branch;
    c.seed.read = static_cast<std::uint64_t>(dice.roll(1, 1000));
    return c;
}

/// Small cells, large ones, or such that a column's sums do not fit at once.
crossbar::GridArray random_array(const config::TileConfig& c, Dice& dice)
{
    crossbar::GridArray a;
    a.g_pos = a.g_neg = Matrix<ConductanceLsb>(c.rows, c.cols);
    a.noise_pos = a.noise_neg = Matrix<std::uint16_t>(c.rows, c.cols);
    const int kind = dice.roll(0, 3);
    const int most = kind == 0 ? 300 : (kind == 3 ? crossbar::grid_max : 6000);
    for (auto* cells : {&a.g_pos, &a.g_neg}) {
        for (auto& cell : cells->data()) {
            cell.raw = static_cast<std::int16_t>(dice.flip() ? dice.roll(0, most) : 0);
        }
    }
    if (kind == 3) { std::fill(a.g_neg.data().begin(), a.g_neg.data().end(), ConductanceLsb{}); }
    for (std::size_t col = 0; col < c.cols; ++col) {
        a.asymmetry.push_back(dice.flip() ? 0.0 : 0.001 * dice.roll(-100, 100));
    }
    return a;
}

/// Any number of knots, as even as those of a recorded curve or not, with a flat start or end.
std::vector<converters::Knot> random_curve(Dice& dice, int most_knots)
{
    std::vector<converters::Knot> knots;
    const int n = dice.roll(1, most_knots);
    const bool even = dice.flip();
    double i = dice.flip() ? 0.0 : 0.01 * dice.roll(0, 500);
    double rate = dice.flip() ? 0.0 : 0.001 * dice.roll(0, 100);
    for (int k = 0; k < n; ++k) {
        knots.push_back({i, rate});
        i += even ? 120.0 / n : 0.01 * dice.roll(1, 20000 / n);
        rate += dice.roll(0, 5) == 0 ? 0.0 : 0.001 * dice.roll(0, 8000 / n);
    }
    return knots;
}

CurveTable random_curves(const config::TileConfig& c, Dice& dice)
{
    converters::PhysicalCurves curves;
    curves.has_ceiling = dice.flip();
    const int most_knots = dice.flip() ? 12 : 100;
    const bool with_offsets = dice.flip();
    for (std::size_t col = 0; col < c.cols; ++col) {
        converters::PhysicalCurves::Column column;
        column.pos = random_curve(dice, most_knots);
        column.neg = random_curve(dice, most_knots);
        if (with_offsets) {
            column.offset_pos = 0.01 * dice.roll(-300, 300);
            column.offset_neg = 0.01 * dice.roll(-300, 300);
            column.input_offset_uA = 0.01 * dice.roll(-500, 500);
        }
        curves.columns.push_back(column);
    }
    const double ratio = dice.flip() ? 1.0 : 0.01 * dice.roll(20, 300);
    return converters::to_table(curves, crossbar::current_lsb_uA(c.crossbar), ratio);
}

config::Range random_range(std::size_t size, Dice& dice)
{
    if (dice.flip()) { return {0, size}; }
    const int end = static_cast<int>(size);
    const int from = dice.roll(0, end - 1);
    return {static_cast<std::size_t>(from), static_cast<std::size_t>(dice.roll(from + 1, end))};
}

struct Counts {
    std::vector<std::int32_t> p, n;
    AdcEvents events;
};

/// What is read: some vectors, with currents of read noise.
struct Reads {
    std::size_t n = 0;
    Matrix<std::int8_t> x;
    std::vector<Phase> phases;
    std::vector<std::int32_t> noise;  ///< [n x whole blocks of columns]; empty: none
    crossbar::ReadId first;
};

Reads random_reads(const Tile& tile, Dice& dice)
{
    Reads reads;
    reads.n = static_cast<std::size_t>(dice.roll(1, 4));
    reads.x = test::random_inputs(reads.n, tile.window.rows.size(), dice);
    if (dice.roll(0, 3) == 0) {  // few pulse lengths, in the extreme one
        const int length = dice.roll(1, 127);
        for (auto& code : reads.x.data()) {
            code = static_cast<std::int8_t>(code > 0 ? length : (code < 0 ? -length : 0));
        }
    }
    const bool one_phase = tile.config.read.mode == config::ReadMode::one_phase;
    reads.phases = one_phase ? std::vector<Phase>{Phase::all}
                             : std::vector<Phase>{Phase::pp, Phase::pn, Phase::np, Phase::nn};
    reads.first = {static_cast<std::uint64_t>(dice.roll(0, 99)), dice.flip()};
    if (dice.flip()) {
        reads.noise.resize(reads.n * ((tile.window.cols.size() + 15) / 16 * 16));
        for (auto& i : reads.noise) { i = dice.roll(-3000, 3000); }
    }
    return reads;
}

Counts readable(const Tile& tile, const Reads& reads, SimdLevel simd)
{
    const crossbar::Crossbar array(tile.config, tile.array, simd, tile.window);
    const converters::CcoAdc adc(tile.config, tile.curves, simd, tile.window.cols);
    const std::size_t cols = array.cols();
    Counts out{
        std::vector<std::int32_t>(reads.n * cols), std::vector<std::int32_t>(reads.n * cols), {}};
    crossbar::ColumnWave wave;
    for (const Phase phase : reads.phases) {
        for (std::size_t k = 0; k < reads.n; ++k) {
            const crossbar::ReadId id{reads.first.read + k, reads.first.calibration};
            array.drive(reads.x.row(k), phase, id, wave);
            for (std::size_t s = 0; s < wave.n_cycles.size() && !reads.noise.empty(); ++s) {
                for (std::size_t c = 0; c < cols; ++c) {
                    wave.current[s * wave.stride + c] += reads.noise[k * wave.stride + c];
                }
            }
            adc.convert(wave, phase, id, out.p.data() + k * cols, out.n.data() + k * cols,
                        out.events);
        }
    }
    adc.finish(out.p.data(), out.n.data(), out.events, reads.n);
    return out;
}

Counts by_blocks(const Tile& tile, const Reads& reads, SimdLevel simd)
{
    const converters::CcoAdc whole(tile.config, tile.curves, simd, tile.window.cols);
    const crossbar::WaveDriver driver(tile.config, tile.array, simd, tile.window);
    const converters::WaveAdc adc(tile.config, whole.table(), tile.window.cols, simd);
    const std::size_t cols = tile.window.cols.size();
    Counts out{
        std::vector<std::int32_t>(reads.n * cols), std::vector<std::int32_t>(reads.n * cols), {}};
    std::vector<crossbar::WavePlan> plans(reads.n);
    converters::WaveSums sums;
    for (const Phase phase : reads.phases) {
        for (std::size_t k = 0; k < reads.n; ++k) { driver.plan(reads.x.row(k), phase, plans[k]); }
        adc.integrate(driver, plans.data(), reads.n, phase,
                      reads.noise.empty() ? nullptr : reads.noise.data(), sums);
        adc.count(phase, reads.first, sums, out.p.data(), out.n.data(), out.events);
    }
    whole.finish(out.p.data(), out.n.data(), out.events, reads.n);
    return out;
}

TEST(WaveRead, CountsAndEventsAreThoseOfTheReadableRead)
{
    Dice dice(20);
    int done = 0;
    int dense = 0;
    AdcEvents seen;
    constexpr int n_cases = 4000;
    for (int i = 0; i < n_cases; ++i) {
        SCOPED_TRACE("case " + std::to_string(i));
        Tile tile;
        tile.config = random_config(dice);
        tile.array = random_array(tile.config, dice);
        try {
            tile.curves = random_curves(tile.config, dice);
            tile.window = {random_range(tile.config.rows, dice),
                           random_range(tile.config.cols, dice)};
            const Reads reads = random_reads(tile, dice);
            ASSERT_TRUE(crossbar::WaveDriver::fits(tile.config, tile.array));
            if (!converters::WaveAdc::fits(tile.config, tile.curves)) {
                dense += tile.curves.is_dense();
                continue;
            }
            const Counts expected = readable(tile, reads, best_simd_level());
            for (const SimdLevel simd : simd_levels()) {
                SCOPED_TRACE(to_string(simd));
                const Counts found = by_blocks(tile, reads, simd);
                ASSERT_EQ(found.p, expected.p);
                ASSERT_EQ(found.n, expected.n);
                ASSERT_EQ(found.events.conversions, expected.events.conversions);
                ASSERT_EQ(found.events.over_range, expected.events.over_range);
                ASSERT_EQ(found.events.polarity_flips, expected.events.polarity_flips);
                ASSERT_EQ(found.events.saturated, expected.events.saturated);
            }
            seen.add(expected.events);
            ++done;
        } catch (const ConfigError&) {
            continue;  // curves that no table holds
        }
    }
    std::printf("%d of %d cases fit, %d more are dense\n", done, n_cases, dense);
    EXPECT_GT(done, n_cases / 2);
    EXPECT_GT(seen.over_range, 1000U);
    EXPECT_GT(seen.polarity_flips, 1000U);
    EXPECT_GT(seen.saturated, 1000U);
}

}  // namespace
}  // namespace aimc
