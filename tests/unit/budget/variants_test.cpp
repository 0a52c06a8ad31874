// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/error.h"
#include "aimc/budget/sources.h"
#include "aimc/calibration/calibrate.h"
#include "aimc/config/workload.h"

#include "budget_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

namespace aimc::budget {
namespace {

using config::TileConfig;
using test::budget_tile;
using test::noisy_tile;

struct Read {
    std::vector<std::int32_t> p, n;
};

/// The first reads of a tile: chip, curves and noise by the configuration alone.
std::vector<Read> reads(const TileConfig& c)
{
    const auto work = config::make_workload(c);
    const auto chip = mvm::make_chip(c, calibration::cell_targets(c, work));
    const mvm::ReadPath path(c, chip);
    mvm::ReadPath::Scratch scratch;
    std::vector<Read> all;
    for (std::size_t k = 0; k < work.inputs.rows(); ++k) {
        Read r{std::vector<std::int32_t>(c.cols), std::vector<std::int32_t>(c.cols)};
        path.read(work.inputs.row(k), {k, false}, scratch, r.p.data(), r.n.data());
        all.push_back(std::move(r));
    }
    return all;
}

mvm::Chip chip_of(const TileConfig& c)
{
    return mvm::make_chip(c, calibration::cell_targets(c, config::make_workload(c)));
}

TEST(Variants, WithEverythingOnAreTheConfiguration)
{
    TileConfig c = noisy_tile();
    c.device.programming_noise = false;  // absent, and so left as it is
    c.device.programming = config::Programming::write_verify;
    const TileConfig all = variant(c, present(c));
    EXPECT_EQ(all.device.programming, config::Programming::write_verify);
    EXPECT_EQ(all.adc.curves, c.adc.curves);
    EXPECT_EQ(all.adc.sigma_lsb, c.adc.sigma_lsb);
    EXPECT_EQ(all.adc.count_fraction, 0);
    EXPECT_EQ(all.nmpu.cut, c.nmpu.cut);
}

TEST(Variants, KeepTheKeptBitsOfTheLane)
{
    TileConfig c = noisy_tile();
    for (const int count_bits : {8, 12, 24, 30}) {
        c.adc.count_bits = count_bits;
        const TileConfig fine = variant(c, {});
        EXPECT_LE(count_bits + fine.adc.count_fraction, 30);
        EXPECT_EQ(fine.nmpu.scale_fraction - c.nmpu.scale_fraction, fine.adc.count_fraction);
        EXPECT_EQ(fine.nmpu.kept_fraction(), c.nmpu.kept_fraction());
    }
}

TEST(Variants, ConductancesDoNotDependOnOtherSources)
{
    const TileConfig c = noisy_tile();
    const Switches one = Switches{}.with(Source::programming);
    const auto alone = chip_of(variant(c, one)).array;
    for (const Source s : {Source::read_noise, Source::adc_fixed, Source::adc_noise,
                           Source::quantisation, Source::post_rounding}) {
        const auto both = chip_of(variant(c, one.with(s))).array;
        EXPECT_EQ(both.g_pos.data(), alone.g_pos.data()) << name_of(s, c.post);
        EXPECT_EQ(both.g_neg.data(), alone.g_neg.data()) << name_of(s, c.post);
    }
    EXPECT_NE(chip_of(variant(c, {})).array.g_pos.data(), alone.g_pos.data());
}

TEST(Variants, QuietReadsVerifyTheSameArray)
{
    TileConfig c = noisy_tile();
    c.device.programming = config::Programming::write_verify;
    const Switches one = Switches{}.with(Source::programming);
    const auto quiet = chip_of(variant(c, one)).array;
    const auto noisy = chip_of(variant(c, one.with(Source::read_noise))).array;
    EXPECT_EQ(noisy.g_pos.data(), quiet.g_pos.data()) << "verifying reads are programming's own";
    EXPECT_EQ(noisy.programming.pulses, quiet.programming.pulses);
    EXPECT_GT(quiet.programming.pulses, 0u);
}

TEST(Variants, DriftIsTheSameBesideProgramming)
{
    // g_drifted / g_before is (t / t_0)^-nu, with nu by target and draw: the same ratio beside
    // programming noise, to the half grid step of either conductance
    const TileConfig c = noisy_tile();
    const auto g = [&](Switches on) {
        std::vector<double> raw;
        const mvm::Chip chip = chip_of(variant(c, on));
        for (const auto v : chip.array.g_pos.data()) { raw.push_back(v.raw); }
        return raw;
    };
    const Switches drift = Switches{}.with(Source::drift);
    const auto before = g({});
    const auto after = g(drift);
    const auto noisy_before = g(Switches{}.with(Source::programming));
    const auto noisy_after = g(drift.with(Source::programming));
    std::size_t compared = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] < 1000.0 || noisy_before[i] < 1000.0) { continue; }
        EXPECT_NEAR(noisy_after[i] / noisy_before[i], after[i] / before[i], 2e-3);
        ++compared;
    }
    EXPECT_GT(compared, 100U);
    EXPECT_NE(before, after);
}

TEST(Variants, ReadNoiseIsTheSameBesideAnyConverter)
{
    const TileConfig c = noisy_tile();
    const auto work = config::make_workload(c);
    const auto currents = [&](Switches on) {
        const TileConfig v = variant(c, on);
        const auto chip = chip_of(v);
        crossbar::ColumnWave wave;
        crossbar::Crossbar(v, chip.array)
            .drive(work.inputs.row(3), crossbar::Phase::all, {3, false}, wave);
        return wave.current;
    };
    const Switches one = Switches{}.with(Source::read_noise);
    const auto alone = currents(one);
    EXPECT_NE(alone, currents({}));
    for (const Source s :
         {Source::adc_fixed, Source::adc_noise, Source::quantisation, Source::post_rounding}) {
        EXPECT_EQ(currents(one.with(s)), alone) << name_of(s, c.post);
    }
}

TEST(Variants, CurvesDoNotDependOnOtherSources)
{
    const TileConfig c = noisy_tile();
    const Switches one = Switches{}.with(Source::adc_fixed);
    const auto alone = chip_of(variant(c, one)).curves;
    for (const Source s : {Source::programming, Source::read_noise, Source::drift,
                           Source::adc_noise, Source::quantisation}) {
        const auto both = chip_of(variant(c, one.with(s))).curves;
        for (std::size_t i = 0; i < alone.columns.size(); ++i) {
            EXPECT_EQ(both.columns[i].pos[3].rate, alone.columns[i].pos[3].rate);
            EXPECT_EQ(both.columns[i].neg[3].rate, alone.columns[i].neg[3].rate);
            EXPECT_EQ(both.columns[i].offset_pos, alone.columns[i].offset_pos);
            EXPECT_EQ(both.columns[i].input_offset_uA, alone.columns[i].input_offset_uA);
        }
    }
}

/// What thermal noise adds to each count, in units of 2^-count_fraction count.
std::vector<std::int32_t> thermal_part(const TileConfig& c, Switches others)
{
    const auto with = reads(variant(c, others.with(Source::adc_noise)));
    const auto without = reads(variant(c, others));
    std::vector<std::int32_t> part;
    for (std::size_t k = 0; k < with.size(); ++k) {
        for (std::size_t i = 0; i < c.cols; ++i) {
            // near zero a counter clips, and one that never ran has no noise
            const bool ran = std::min(with[k].p[i], without[k].p[i]) > 1024;
            part.push_back(ran ? with[k].p[i] - without[k].p[i] : 0);
        }
    }
    return part;
}

TEST(Variants, ThermalNoiseIsTheSameBesideAnyOtherSource)
{
    TileConfig c = noisy_tile();
    c.adc.current_ratio = 0.5;
    const auto alone = thermal_part(c, {});
    for (const Source s : {Source::programming, Source::read_noise, Source::drift, Source::polarity,
                           Source::adc_fixed}) {
        const auto beside = thermal_part(c, Switches{}.with(s));
        std::size_t compared = 0;
        for (std::size_t i = 0; i < alone.size(); ++i) {
            if (alone[i] == 0 || beside[i] == 0) { continue; }
            EXPECT_LE(std::abs(alone[i] - beside[i]), 1) << name_of(s, c.post);  // the last bit
            ++compared;
        }
        EXPECT_GT(compared, alone.size() / 3) << name_of(s, c.post);
    }
}

TEST(Variants, FineWordsAreTheCountsAndTheirFraction)
{
    TileConfig c = noisy_tile();
    c.adc.current_ratio = 0.5;
    const Switches all = present(c);
    const auto whole = reads(variant(c, all));
    const auto fine = reads(variant(c, all.without(Source::quantisation)));
    bool has_fraction = false;
    for (std::size_t k = 0; k < whole.size(); ++k) {
        for (std::size_t i = 0; i < c.cols; ++i) {
            ASSERT_EQ(fine[k].p[i] >> 8, whole[k].p[i]);
            ASSERT_EQ(fine[k].n[i] >> 8, whole[k].n[i]);
            has_fraction = has_fraction || (fine[k].p[i] & 255) != 0;
        }
    }
    EXPECT_TRUE(has_fraction);
}

TEST(Variants, FineWordsClipWhereTheCounterDoes)
{
    TileConfig c = noisy_tile();
    c.adc.count_bits = 4;
    const auto fine = reads(variant(c, present(c).without(Source::quantisation)));
    std::int32_t most = 0;
    for (const auto& r : fine) {
        for (const auto v : r.p) { most = std::max(most, v); }
    }
    EXPECT_EQ(most, 15 << 8);
}

TEST(Variants, WordsBeyondThirtyBitsAreRefused)
{
    TileConfig c = budget_tile();  // 24 bits
    const auto chip = chip_of(c);
    c.adc.count_fraction = 6;
    EXPECT_NO_THROW(mvm::ReadPath(c, chip));
    c.adc.count_fraction = 7;
    EXPECT_THROW(mvm::ReadPath(c, chip), ConfigError);
}

TEST(Variants, CalibrationFindsTheSameWordsFromFineCounts)
{
    const TileConfig c = budget_tile();  // its counts have no fraction
    const auto work = config::make_workload(c);
    const auto words = [&](const TileConfig& config) {
        mvm::Chip chip = chip_of(config);
        return calibration::calibrate(config, chip, work, best_simd_level()).front();
    };
    const auto whole = words(c);
    const auto fine = words(variant(c, {}));
    EXPECT_EQ(whole.words.scale_exponent, fine.words.scale_exponent);
    EXPECT_EQ(whole.y_lsb, fine.y_lsb);
    EXPECT_EQ(whole.scales_clipped, fine.scales_clipped);
    for (std::size_t i = 0; i < c.cols; ++i) {
        EXPECT_EQ(whole.words.nmpu[i], fine.words.nmpu[i]);
        EXPECT_EQ(whole.words.ldpu[i].scale_p, fine.words.ldpu[i].scale_p);
        EXPECT_EQ(whole.words.ldpu[i].offset, fine.words.ldpu[i].offset);
        EXPECT_DOUBLE_EQ(whole.after_lsb[i], fine.after_lsb[i]);
    }
}

TEST(Variants, TheLineForAFileHasItsMeanGain)
{
    TileConfig c = noisy_tile();
    c.adc.curves = config::CurveSource::file;
    c.adc.few_curves = config::FewCurves::repeat;
    c.adc.curve_file = AIMC_SOURCE_DIR "/configs/curves/esp32_sweep.csv";
    const auto& adc = variant(c, {}).adc;
    EXPECT_EQ(adc.curves, config::CurveSource::ideal);
    // 4095 codes in 128 ns at about 91 uA: not the nominal 35 MHz/uA
    const double codes = 1e-3 * adc.gain_MHz_per_uA * adc.full_scale_uA.value() * 128.0;
    EXPECT_NEAR(codes, 4095.0, 1e-6);
    EXPECT_NEAR(adc.full_scale_uA.value(), 92.0, 3.0);
    c.cols = 256;
    c.adc.curve_file = AIMC_SOURCE_DIR "/configs/curves/hermes_like_256.csv";
    EXPECT_NEAR(variant(c, {}).adc.gain_MHz_per_uA, 35.0, 0.5);  // drawn around the nominal line
}

}  // namespace
}  // namespace aimc::budget
