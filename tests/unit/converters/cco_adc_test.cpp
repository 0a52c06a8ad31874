// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/cco_adc.h"

#include "aimc/crossbar/grid_array.h"

#include "../../support/tiny_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aimc::converters {
namespace {

using crossbar::ColumnWave;
using crossbar::Phase;
using crossbar::ReadId;

struct Segment {
    int n_cycles;
    std::vector<std::int32_t> current;  ///< [cols]
};

ColumnWave wave_of(std::size_t cols, const std::vector<Segment>& segments)
{
    ColumnWave w;
    w.stride = (cols + 15) / 16 * 16;
    w.charge.assign(w.stride, 0);
    for (const Segment& s : segments) {
        w.n_on += s.n_cycles;
        w.n_cycles.push_back(s.n_cycles);
        std::vector<std::int32_t> line(w.stride, 0);
        std::copy(s.current.begin(), s.current.end(), line.begin());
        w.current.insert(w.current.end(), line.begin(), line.end());
        for (std::size_t c = 0; c < cols; ++c) {
            w.charge[c] += std::int64_t{line[c]} * s.n_cycles;
        }
    }
    return w;
}

struct Counts {
    std::vector<std::int32_t> p, n;
    AdcEvents events;
};

/// One phase converted from zero.
Counts convert(const CcoAdc& adc, std::size_t cols, const ColumnWave& wave,
               Phase phase = Phase::all, ReadId id = {})
{
    Counts out{std::vector<std::int32_t>(cols, 0), std::vector<std::int32_t>(cols, 0), {}};
    adc.convert(wave, phase, id, out.p.data(), out.n.data(), out.events);
    return out;
}

/// A tile of one column with the HERMES oscillator: 35 MHz/uA, 94 uA, grid of 0.0008 uA.
config::TileConfig hermes()
{
    config::TileConfig c;
    c.cols = 1;
    return c;
}
constexpr std::int32_t full_scale = 117500;  // 94 uA in grid steps

CcoAdc adc_of(const config::TileConfig& c, SimdLevel simd = best_simd_level())
{
    const auto curves = make_curves(c, 300.0);
    const double i_lsb = crossbar::current_lsb_uA(c.crossbar);
    return CcoAdc(c, to_table(curves, i_lsb, c.adc.current_ratio.value_or(1.0)), simd);
}

Counts constant(const config::TileConfig& c, std::int32_t current, Phase phase = Phase::all)
{
    return convert(adc_of(c), 1, wave_of(1, {{128, {current}}}), phase);
}

/// Every point of every curve, both polarities, all window long. [file]
class ShippedCurves : public ::testing::TestWithParam<const char*> {
protected:
    ShippedCurves()
    {
        const auto path = std::string(AIMC_SOURCE_DIR) + "/configs/curves/" + GetParam();
        file = config::load_curve_file(path, config::NonMonotone::reject);
        tile.cols = file.columns.size();
        tile.adc.curves = config::CurveSource::file;
        tile.adc.curve_file = path;
    }
    void expect_replay()
    {
        const CcoAdc adc = adc_of(tile);
        const double i_step =
            file.full_scale / file.full_scale_current_uA * crossbar::current_lsb_uA(tile.crossbar);
        std::size_t points = 0;
        for (std::size_t c = 0; c < file.columns.size(); ++c) {
            for (const int sign : {1, -1}) {
                for (const auto& p : sign > 0 ? file.columns[c].pos : file.columns[c].neg) {
                    std::vector<std::int32_t> current(file.columns.size(), 0);
                    current[c] = sign * static_cast<int>(std::floor(p.input / i_step + 0.5));
                    const auto counts =
                        convert(adc, tile.cols, wave_of(tile.cols, {{128, current}}));
                    const bool negative = current[c] < 0;  // zero current counts to c+
                    if (current[c] == 0 && sign < 0) { continue; }
                    ASSERT_EQ((negative ? counts.n : counts.p)[c], static_cast<int>(p.code))
                        << "column " << c << ", input " << sign * p.input;
                    ++points;
                }
            }
        }
        EXPECT_GT(points, 60U);
    }
    config::CurveFile file;
    config::TileConfig tile;
};
INSTANTIATE_TEST_SUITE_P(Files, ShippedCurves,
                         ::testing::Values("hermes_like_256.csv", "esp32_sweep.csv"));

TEST_P(ShippedCurves, ReplayEveryRecordedPointExactly) { expect_replay(); }

TEST_P(ShippedCurves, ReplayEveryRecordedPointExactlyFromTheCharge)
{
    tile.adc.integration = config::Integration::charge;
    expect_replay();
}

TEST_P(ShippedCurves, MoreCurrentNeverGivesFewerCounts)
{
    const CcoAdc adc = adc_of(tile);
    Counts before = convert(adc, tile.cols, wave_of(tile.cols, {}));
    for (std::int32_t i = 1; i < full_scale + 200; i += 97) {
        const std::vector<std::int32_t> current(tile.cols, i);
        const std::vector<std::int32_t> reverse(tile.cols, -i);
        Counts now{convert(adc, tile.cols, wave_of(tile.cols, {{128, current}})).p,
                   convert(adc, tile.cols, wave_of(tile.cols, {{128, reverse}})).n,
                   {}};
        for (std::size_t c = 0; c < tile.cols; ++c) {
            ASSERT_GE(now.p[c], before.p[c]) << "column " << c << ", current " << i;
            ASSERT_GE(now.n[c], before.n[c]) << "column " << c << ", current -" << i;
        }
        before = now;
    }
}

TEST(CcoAdc, IdealLineCountsEveryStepOfChargeExactly)
{
    config::TileConfig c = test::tiny_tile();  // one count per grid step and cycle
    c.cols = 3;
    const auto counts = convert(adc_of(c), 3, wave_of(3, {{5, {7, -7, 0}}, {100, {3, -11, 1}}}));
    EXPECT_EQ(counts.p, (std::vector<std::int32_t>{335, 0, 100}));
    EXPECT_EQ(counts.n, (std::vector<std::int32_t>{0, 1135, 0}));
}

TEST(CcoAdc, IdealHermesLineFloorsItsCounts)
{
    // 35 MHz/uA x 128 ns = 4.48 counts/uA; mid-code, for slopes are whole numbers
    for (const double i_uA : {1.0, 10.0, 47.0, 90.0}) {
        const auto current = static_cast<std::int32_t>(std::floor(i_uA / 0.0008 + 0.5));
        EXPECT_EQ(constant(hermes(), current).p[0], static_cast<int>(std::floor(4.48 * i_uA)));
        EXPECT_EQ(constant(hermes(), -current).n[0], static_cast<int>(std::floor(4.48 * i_uA)));
    }
}

TEST(CcoAdc, FourPhaseLettersNameTheCounter)
{
    for (const auto& [phase, positive] :
         {std::pair{Phase::pp, true}, {Phase::pn, false}, {Phase::np, false}, {Phase::nn, true}}) {
        const auto counts = constant(hermes(), full_scale / 2, phase);
        EXPECT_EQ(counts.p[0], positive ? 210 : 0);
        EXPECT_EQ(counts.n[0], positive ? 0 : 210);
        EXPECT_EQ(counts.events.conversions, 1U);
    }
}

TEST(CcoAdc, FourPhaseReadsFloorEachPhaseByItself)
{
    const CcoAdc adc = adc_of(hermes());
    const auto wave = wave_of(1, {{128, {410}}});  // 1.47 counts
    std::int32_t p = 0;
    std::int32_t n = 0;
    AdcEvents events;
    for (const Phase phase : {Phase::pp, Phase::pn, Phase::np, Phase::nn}) {
        adc.convert(wave, phase, {}, &p, &n, events);
    }
    EXPECT_EQ(p, 2) << "1 + 1, not floor(2.94)";
    EXPECT_EQ(n, 2);
    EXPECT_EQ(events.conversions, 4U);
}

TEST(CcoAdc, FourPhaseTakesCurrentThatNoiseTurnedAroundAsNone)
{
    const auto counts = constant(hermes(), -5000, Phase::pp);
    EXPECT_EQ(counts.p[0], 0);
    EXPECT_EQ(counts.n[0], 0);
}

TEST(CcoAdc, OnePhaseSteersByTheSignOfTheMoment)
{
    const std::int32_t half = full_scale / 2;  // 1.645 counts per cycle
    const auto counts = convert(adc_of(hermes()), 1, wave_of(1, {{50, {half}}, {70, {-half}}}));
    EXPECT_EQ(counts.p[0], 82);   // 50 x 1.645 = 82.25
    EXPECT_EQ(counts.n[0], 115);  // 70 x 1.645 = 115.15
    EXPECT_EQ(counts.events.polarity_flips, 1U);
    EXPECT_EQ(constant(hermes(), half).events.polarity_flips, 0U);
}

TEST(CcoAdc, SaturatesAtFullScale)
{
    EXPECT_EQ(constant(hermes(), full_scale).p[0], 421);  // 3.29 x 128
    EXPECT_EQ(constant(hermes(), 2 * full_scale).p[0], 421);
    EXPECT_EQ(constant(hermes(), -2 * full_scale).n[0], 421);
}

TEST(CcoAdc, CountsConversionsBeyondTheCeilingAsOverRange)
{
    EXPECT_EQ(constant(hermes(), full_scale).events.over_range, 0U) << "at the end is inside";
    EXPECT_EQ(constant(hermes(), full_scale + 1).events.over_range, 1U);
    EXPECT_EQ(constant(hermes(), -full_scale - 1).events.over_range, 1U);
    EXPECT_EQ(constant(hermes(), full_scale + 1, Phase::pn).events.over_range, 1U);
    config::TileConfig open = hermes();
    open.adc.full_scale_uA.reset();
    EXPECT_EQ(constant(open, full_scale + 1).events.over_range, 0U) << "no ceiling";
}

TEST(CcoAdc, OverRangeSeesThePeakAlsoWhenTheChargeDoesNot)
{
    const auto wave =
        wave_of(1, {{100, {10}}, {1, {full_scale + 1}}});  // the last segment is t = 0
    for (const auto how : {config::Integration::time_resolved, config::Integration::charge}) {
        config::TileConfig c = hermes();
        c.adc.integration = how;
        EXPECT_EQ(convert(adc_of(c), 1, wave).events.over_range, 1U);
    }
}

TEST(CcoAdc, FinishClipsToTheCounterWordAndCountsIt)
{
    config::TileConfig c = hermes();
    c.adc.count_bits = 8;
    std::int32_t p = 256;
    std::int32_t n = 255;
    AdcEvents events;
    adc_of(c).finish(&p, &n, events);
    EXPECT_EQ(p, 255);
    EXPECT_EQ(n, 255);
    EXPECT_EQ(events.saturated, 1U);
}

TEST(CcoAdc, DeadBandCountsToThePositiveCounter)
{
    config::TileConfig c = test::tiny_tile();  // one count per step and cycle, 0.02 uA per step
    c.cols = 1;
    c.adc.polarity_deadband_uA = 0.1;  // five steps
    EXPECT_EQ(constant(c, -5).p[0], 5 * 128);
    EXPECT_EQ(constant(c, -5).n[0], 0);
    EXPECT_EQ(constant(c, -6).p[0], 0);
    EXPECT_EQ(constant(c, -6).n[0], 6 * 128);
    EXPECT_EQ(constant(c, 5).p[0], 5 * 128);
}

/// The tiny tile's line with an offset current of `steps` and free-running counts.
CcoAdc offset_adc(config::TileConfig c, int steps, double counts_pos, double counts_neg)
{
    auto curves = make_curves(c, 1000.0);
    curves.columns[0].input_offset_uA = 0.02 * steps;
    curves.columns[0].offset_pos = counts_pos;
    curves.columns[0].offset_neg = counts_neg;
    return CcoAdc(c, to_table(curves, 0.02, 1.0));
}
config::TileConfig one_column()
{
    config::TileConfig c = test::tiny_tile();
    c.cols = 1;
    return c;
}

TEST(CcoAdc, InputOffsetFlowsAllWindowLongAndBeforeThePolarityDecision)
{
    const auto pulse = wave_of(1, {{100, {2}}});
    const auto plus = convert(offset_adc(one_column(), 3, 0, 0), 1, pulse);
    EXPECT_EQ(plus.p[0], 100 * 5 + 28 * 3);
    const auto minus = convert(offset_adc(one_column(), -3, 0, 0), 1, pulse);
    EXPECT_EQ(minus.p[0], 0);
    EXPECT_EQ(minus.n[0], 128 * 1 + 28 * 2);
    const auto phase = convert(offset_adc(one_column(), -3, 0, 0), 1, pulse, Phase::pp);
    EXPECT_EQ(phase.p[0] + phase.n[0], 0) << "four phases never count backwards";
}

TEST(CcoAdc, FreeRunningOffsetCountsAlsoInEmptyPhasesButNeverBelowZero)
{
    const auto empty = wave_of(1, {});
    const CcoAdc adc = offset_adc(one_column(), 0, 2.6, -3.0);
    const auto one_phase = convert(adc, 1, empty);
    EXPECT_EQ(one_phase.p[0], 2);
    EXPECT_EQ(one_phase.n[0], 0) << "clipped at zero";
    EXPECT_EQ(convert(adc, 1, empty, Phase::pn).n[0], 2) << "four phases share the positive curve";
    EXPECT_EQ(convert(adc, 1, wave_of(1, {{10, {-1}}})).n[0], 7);
}

TEST(CcoAdc, SumsUpTo2ToTheMinus10BelowAWholeNumberReachIt)
{
    config::TileConfig c = one_column();
    const auto count = [&](double sum) {
        PhysicalCurves curves;
        curves.columns.resize(1);
        curves.columns[0].pos = curves.columns[0].neg = {{0.0, sum / 128}, {1.0, sum / 128}};
        return convert(CcoAdc(c, to_table(curves, 0.02, 1.0)), 1, wave_of(1, {})).p[0];
    };
    EXPECT_EQ(count(7.0 - 0x1p-11), 7);
    EXPECT_EQ(count(7.0 - 0x1p-10), 7);
    EXPECT_EQ(count(7.0 - 0x1p-9), 6);
    EXPECT_EQ(count(7.5), 7);
    c.adc.rounding = config::Rounding::nearest;
    EXPECT_EQ(count(7.5), 8);
    EXPECT_EQ(count(7.5 - 0x1p-11), 7);
}

/// Mean and sd of c+ over many reads of one constant current.
std::pair<double, double> noisy_counts(const config::TileConfig& c, std::int32_t current)
{
    constexpr int n = 20000;
    const CcoAdc adc = adc_of(c);
    const auto wave = wave_of(1, {{128, {current}}});
    double mean = 0.0;
    double square = 0.0;
    for (int read = 0; read < n; ++read) {
        const double count =
            convert(adc, 1, wave, Phase::all, {static_cast<std::uint64_t>(read), false}).p[0];
        mean += count / n;
        square += count * count / n;
    }
    return {mean, std::sqrt(square - mean * mean)};
}

TEST(CcoAdc, ThermalNoiseHasMeanZeroAndItsSd)
{
    config::TileConfig c = one_column();
    c.adc.sigma_lsb = 5.0;
    const double sd = std::sqrt(25.0 + 1.0 / 12.0);  // with the rounding to whole counts
    for (const auto rounding : {config::Rounding::floor, config::Rounding::nearest}) {
        c.adc.rounding = rounding;
        const auto [mean, spread] = noisy_counts(c, 3);
        const double bias = rounding == config::Rounding::floor ? -0.5 + 0x1p-10 : 0.0;
        EXPECT_NEAR(mean, 384.0 + bias, 4 * sd / std::sqrt(20000.0));
        EXPECT_NEAR(spread / sd, 1.0, 4 / std::sqrt(40000.0));
    }
}

TEST(CcoAdc, ThermalNoiseIsFreshForReadPhaseAndPurposeAndSparesAnIdleCounter)
{
    config::TileConfig c = one_column();
    c.adc.sigma_lsb = 50.0;
    const CcoAdc adc = adc_of(c);
    const auto wave = wave_of(1, {{100, {30}}});
    const auto base = convert(adc, 1, wave, Phase::all, {7, false});
    EXPECT_EQ(convert(adc, 1, wave, Phase::all, {7, false}).p, base.p);
    EXPECT_NE(convert(adc, 1, wave, Phase::all, {8, false}).p, base.p);
    EXPECT_NE(convert(adc, 1, wave, Phase::all, {7, true}).p, base.p) << "calibration";
    EXPECT_NE(convert(adc, 1, wave, Phase::pp, {7, false}).p, base.p);
    for (std::uint64_t read = 0; read < 20; ++read) {
        EXPECT_EQ(convert(adc, 1, wave, Phase::all, {read, false}).n[0], 0)
            << "the counter that did not run has no noise";
    }
}

/// A wave of ten segments with random currents in low .. high.
ColumnWave random_wave(std::size_t cols, int low, int high)
{
    std::vector<Segment> segments;
    for (std::uint16_t s = 0; s < 10; ++s) {
        segments.push_back({3 + s, std::vector<std::int32_t>(cols)});
        for (std::size_t c = 0; c < cols; ++c) {
            const double u =
                uniform(Place{4, Purpose::inputs, 0, s, 0, 0}, static_cast<std::uint32_t>(c));
            segments.back().current[c] = low + static_cast<int>(u * (high - low));
        }
    }
    return wave_of(cols, segments);
}

TEST(CcoAdc, ChargeEqualsTimeResolvedForLinearUnclippedCurves)
{
    config::TileConfig c = hermes();
    c.cols = 40;
    config::TileConfig charge = c;
    charge.adc.integration = config::Integration::charge;
    const auto wave = random_wave(40, 0, full_scale);
    auto backwards = wave;
    for (auto& i : backwards.current) { i = -i; }
    for (auto& q : backwards.charge) { q = -q; }
    for (const Phase phase : {Phase::pp, Phase::pn, Phase::all}) {
        const auto a = convert(adc_of(c), 40, wave, phase);
        const auto b = convert(adc_of(charge), 40, wave, phase);
        EXPECT_EQ(a.p, b.p);
        EXPECT_EQ(a.n, b.n);
        EXPECT_GT(a.p[0] + a.n[0], 0);
    }
    EXPECT_EQ(convert(adc_of(c), 40, backwards).n, convert(adc_of(charge), 40, backwards).n);
}

TEST(CcoAdc, ChargeIsOnlyAnApproximationWhenTheCurrentFlips)
{
    config::TileConfig c = one_column();
    const auto wave = wave_of(1, {{10, {5}}, {10, {-3}}});
    EXPECT_EQ(convert(adc_of(c), 1, wave).p[0], 50);
    EXPECT_EQ(convert(adc_of(c), 1, wave).n[0], 30);
    c.adc.integration = config::Integration::charge;
    EXPECT_EQ(convert(adc_of(c), 1, wave).p[0], 20);
    EXPECT_EQ(convert(adc_of(c), 1, wave).n[0], 0);
}

TEST(CcoAdc, EverySimdLevelGivesTheSameCounts)
{
    config::TileConfig c = hermes();
    c.cols = 100;
    c.adc.curves = config::CurveSource::parametric;
    c.adc.sigma_lsb = 1.0;
    c.adc.input_offset_sd_uA = 0.3;
    c.adc.polarity_deadband_uA = 0.2;
    const auto wave = random_wave(100, -full_scale * 5 / 4, full_scale * 5 / 4);
    for (const Phase phase : {Phase::pp, Phase::all}) {
        const auto scalar = convert(adc_of(c, SimdLevel::scalar), 100, wave, phase);
        for (const SimdLevel level : simd_levels()) {
            const auto counts = convert(adc_of(c, level), 100, wave, phase);
            EXPECT_EQ(counts.p, scalar.p) << to_string(level);
            EXPECT_EQ(counts.n, scalar.n) << to_string(level);
            EXPECT_EQ(counts.events.over_range, scalar.events.over_range) << to_string(level);
            EXPECT_EQ(counts.events.polarity_flips, scalar.events.polarity_flips);
        }
    }
}

TEST(AdcEvents, AddUp)
{
    AdcEvents a{1, 5, 2, 3, 4};
    a.add({10, 50, 20, 30, 40});
    EXPECT_EQ(a.conversions, 11U);
    EXPECT_EQ(a.watched, 55U);
    EXPECT_EQ(a.over_range, 22U);
    EXPECT_EQ(a.polarity_flips, 33U);
    EXPECT_EQ(a.saturated, 44U);
}

}  // namespace
}  // namespace aimc::converters
