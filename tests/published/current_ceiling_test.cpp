// SPDX-License-Identifier: Apache-2.0
// The oscillator's ceiling in current: all pulses start together, so the peak is at t = 0. At
// 20.7 uS, 0.2 V, 35 MHz/uA, 94 uA, uniform weights and inputs, four phases, ratio 1 we expect
// about 98.7 % of conversions to start above it and about 9.8 % of the charge to be lost. Derived:
// the current at t = 0 has mean 256 x 0.249 x 0.5 x 4.14 uA = 132 uA and sd 17.2 uA, so a normal
// one is above 94 uA in 98.6 %; the mean current alone loses 8.2 % of its charge, its spread the
// rest. The input mirror must bring over-range down to 0.1 %.
#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/read_path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

using namespace aimc;

struct CeilingBench {
    config::TileConfig config;
    mvm::Chip chip;
    Matrix<std::int8_t> inputs, others;  ///< for the calibration; never shown to it
};

constexpr int calibration_vectors = 2048;

/// @param weights  uniform | normal, of the built-in generator
CeilingBench make_bench(const char* weights, config::ReadMode mode, std::uint64_t device = 1)
{
    CeilingBench s;
    s.config.seed.device = device;
    s.config.read.mode = mode;
    s.config.device.g_max_uS = 20.7;
    s.config.workload.weights = weights;
    s.config.workload.mvms = calibration_vectors;
    const auto work = config::make_workload(s.config);
    s.chip = mvm::make_chip(s.config, calibration::cell_targets(s.config, work));
    s.inputs = work.inputs;
    config::TileConfig again = s.config;
    again.seed.read = 2;
    again.workload.mvms = 1024;
    s.others = config::make_workload(again).inputs;
    return s;
}

/// What the waveforms themselves say; the ADC is not asked.
struct Waveforms {
    std::uint64_t conversions = 0, above_at_start = 0;
    double charge = 0.0, lost = 0.0;  ///< above the ceiling
    double share_above() const
    {
        return static_cast<double>(above_at_start) / static_cast<double>(conversions);
    }
};

Waveforms look_at(const CeilingBench& s, const Matrix<std::int8_t>& inputs)
{
    const crossbar::Crossbar crossbar(s.config, s.chip.array);
    const double ceiling = *s.config.adc.full_scale_uA / s.chip.current_ratio /
                           crossbar::current_lsb_uA(s.config.crossbar);
    Waveforms out;
    crossbar::ColumnWave wave;
    for (std::size_t k = 0; k < inputs.rows(); ++k) {
        for (const auto phase : crossbar::phases_of(s.config.read, inputs.row(k), s.config.rows)) {
            crossbar.drive(inputs.row(k), phase, {}, wave);
            for (std::size_t c = 0; c < s.config.cols; ++c) {
                const auto magnitude = [&](std::size_t segment) {
                    return static_cast<double>(std::abs(wave.segment(segment)[c]));
                };
                ++out.conversions;
                // segment 0 is the last in time: the first moment is the last segment
                out.above_at_start += magnitude(wave.n_cycles.size() - 1) > ceiling;
                for (std::size_t t = 0; t < wave.n_cycles.size(); ++t) {
                    out.charge += wave.n_cycles[t] * magnitude(t);
                    out.lost += wave.n_cycles[t] * std::max(magnitude(t) - ceiling, 0.0);
                }
            }
        }
    }
    return out;
}

struct Counted {
    std::int64_t counts = 0;
    converters::AdcEvents events;
    double over_range() const
    {
        return static_cast<double>(events.over_range) / static_cast<double>(events.conversions);
    }
};

Counted count(const CeilingBench& s, const Matrix<std::int8_t>& inputs)
{
    const mvm::ReadPath path(s.config, s.chip);
    mvm::ReadPath::Scratch scratch;
    std::vector<std::int32_t> p(s.config.cols), n(s.config.cols);
    Counted out;
    for (std::size_t k = 0; k < inputs.rows(); ++k) {
        path.read(inputs.row(k), {k, false}, scratch, p.data(), n.data());
        for (std::size_t c = 0; c < s.config.cols; ++c) { out.counts += p[c] + n[c]; }
    }
    out.events = scratch.events;
    return out;
}

TEST(CurrentCeiling, IsPassedByMostConversionsOfUniformWeightsAtRatioOne)
{
    CeilingBench s = make_bench("uniform", config::ReadMode::four_phase);
    const Waveforms seen = look_at(s, s.inputs);
    const Counted with = count(s, s.inputs);
    s.config.adc.full_scale_uA.reset();
    s.chip.curves = mvm::curves_for(s.config, s.chip.array);
    const Counted without = count(s, s.inputs);
    const double lost =
        1.0 - static_cast<double>(with.counts) / static_cast<double>(without.counts);
    std::printf(
        "figure: ratio 1, uniform weights: %.2f %% of %llu conversions above 94 uA at t = 0 "
        "(expected: 98.7 %%), %.2f %% of the charge and %.2f %% of the counts lost "
        "(expected: 9.8 %%)\n",
        100.0 * seen.share_above(), static_cast<unsigned long long>(seen.conversions),
        100.0 * seen.lost / seen.charge, 100.0 * lost);
    EXPECT_NEAR(100.0 * seen.share_above(), 98.7, 1.0);
    EXPECT_NEAR(100.0 * with.over_range(), 98.7, 1.0);
    EXPECT_NEAR(100.0 * seen.lost / seen.charge, 9.8, 1.0);
    EXPECT_NEAR(100.0 * lost, 9.8, 1.0);
    EXPECT_EQ(with.events.over_range, seen.above_at_start) << "four-phase currents only fall";
    EXPECT_EQ(without.events.over_range, 0u);
}

/// Ratio 1 and the chosen one, on the vectors that the choice was given and on others.
void expect_calibrated(const char* weights, config::ReadMode mode, std::uint64_t device,
                       double share)
{
    CeilingBench s = make_bench(weights, mode, device);
    const double before = count(s, s.inputs).over_range();
    s.chip.current_ratio = calibration::choose_current_ratio(s.config, s.chip, s.inputs);
    const double own = count(s, s.inputs).over_range();
    const double fresh = count(s, s.others).over_range();
    std::printf(
        "figure: %s weights, %s, chip %llu: %.2f %% over range at ratio 1; ratio %.6f "
        "leaves %.4f %% of the calibration vectors and %.4f %% of others\n",
        weights, mode == config::ReadMode::one_phase ? "one phase" : "four phases",
        static_cast<unsigned long long>(device), 100.0 * before, s.chip.current_ratio, 100.0 * own,
        100.0 * fresh);
    EXPECT_LE(own, share);
    EXPECT_LE(fresh, share);
    ASSERT_LT(s.chip.current_ratio, 1.0);
    s.chip.current_ratio += 2.0 / 64.0;
    EXPECT_GT(count(s, s.inputs).over_range(), 0.0005) << "the ratio is smaller than needed";
}

TEST(CurrentRatio, LeavesATenthOfAPercentOverRangeInFourPhases)
{
    for (const std::uint64_t device : {1U, 2U, 3U}) {
        expect_calibrated("uniform", config::ReadMode::four_phase, device, 0.001);
        expect_calibrated("normal", config::ReadMode::four_phase, device, 0.001);
    }
}

TEST(CurrentRatio, LeavesATenthOfAPercentOverRangeInOnePhase)
{
    for (const std::uint64_t device : {1U, 2U, 3U}) {
        expect_calibrated("uniform", config::ReadMode::one_phase, device, 0.001);
    }
}

}  // namespace
