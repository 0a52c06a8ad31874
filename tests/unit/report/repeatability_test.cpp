// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/repeatability.h"

#include "aimc/base/random.h"

#include "support/tiny_tile.h"
#include "support/tiny_work.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace aimc::report {
namespace {

constexpr std::size_t n_outputs = 40000;

/// Outputs with a fixed error and fresh noise of known size around references of any size.
Repeatability synthetic(int runs, double static_rms, double thermal_rms, std::uint64_t seed)
{
    RepeatabilityMeter meter(runs);
    std::vector<double> fixed(n_outputs);
    Place place;
    place.seed = seed;
    normals(place, n_outputs, fixed.data());
    std::vector<std::vector<double>> fresh(static_cast<std::size_t>(runs),
                                           std::vector<double>(n_outputs));
    for (auto& of_run : fresh) {
        ++place.read;
        normals(place, n_outputs, of_run.data());
    }
    std::vector<std::int32_t> words(fresh.size());
    std::vector<double> values(fresh.size());
    for (std::size_t i = 0; i < n_outputs; ++i) {
        const double reference = static_cast<double>(i % 255) - 127.0;
        for (std::size_t r = 0; r < fresh.size(); ++r) {
            values[r] = reference + static_rms * fixed[i] + thermal_rms * fresh[r][i];
            words[r] = static_cast<std::int32_t>(std::floor(values[r] + 0.5));
        }
        meter.add(words.data(), values.data(), reference);
    }
    return meter.result();
}

/// 40,000 outputs: the standard error of the rms figures is below 0.5 %; 2 % is four of them.
TEST(Repeatability, TellsFixedErrorFromFreshNoise)
{
    for (const int runs : {2, 4, 9}) {
        for (const auto& [fixed, fresh] : {std::pair{2.0, 0.7}, {0.5, 0.5}, {4.0, 2.8}}) {
            const Repeatability r = synthetic(runs, fixed, fresh, 5);
            EXPECT_NEAR(r.static_rms_lsb, fixed, 0.02 * fixed) << runs;
            EXPECT_NEAR(r.thermal_rms_lsb, fresh, 0.02 * fresh) << runs;
            EXPECT_EQ(r.runs, runs);
            EXPECT_EQ(r.outputs, n_outputs);
        }
    }
}

/// Two reads with noise of sd s on a uniform place in the step: P(same word) by the overlap of a
/// normal difference of sd s sqrt 2 with a step of 1.
TEST(Repeatability, CountsIdenticalOutputs)
{
    const Repeatability r = synthetic(2, 50.0, 0.35, 7);
    const double sd = 0.35 * std::sqrt(2.0);
    double expected = 0.0;
    constexpr double step = 1e-4;
    for (double d = -1.0; d < 1.0; d += step) {
        const double at = d + 0.5 * step;
        expected += step * (1.0 - std::fabs(at)) * std::exp(-0.5 * at * at / (sd * sd)) /
                    (sd * std::sqrt(2.0 * std::acos(-1.0)));
    }
    EXPECT_NEAR(r.identical_share, expected, 4.0 * std::sqrt(0.25 / n_outputs));
}

TEST(Repeatability, WithoutNoiseIsExact)
{
    for (const int runs : {2, 3, 7}) {  // 3 x 0.1 / 3 is not 0.1
        const Repeatability r = synthetic(runs, 1.3, 0.0, 9);
        EXPECT_EQ(r.identical_share, 1.0);
        EXPECT_EQ(r.thermal_rms_lsb, 0.0);
        EXPECT_NEAR(r.static_rms_lsb, 1.3, 0.02 * 1.3);
    }
}

TEST(Repeatability, NoiseAloneIsNoFixedError)
{
    const Repeatability r = synthetic(4, 0.0, 1.0, 11);
    EXPECT_LT(r.static_rms_lsb, 0.1) << "noise of the mean is 0.5";
    EXPECT_NEAR(r.thermal_rms_lsb, 1.0, 0.02);
}

TEST(Repeatability, OneReadRepeatsNothing)
{
    EXPECT_THROW(RepeatabilityMeter(1), std::invalid_argument);
    EXPECT_EQ(RepeatabilityMeter(2).result().outputs, 0U);
}

/// A chip with the words of its fixed calibration, and the vectors to read again.
struct Bench {
    config::TileConfig config = test::tiny_tile();
    config::Workload work = test::tiny_work();
    std::vector<calibration::LayerCalibration> calibration;
    mvm::Chip chip;

    explicit Bench(double sigma_lsb)
    {
        config.adc.sigma_lsb = sigma_lsb;
        chip = mvm::make_chip(config, calibration::cell_targets(config, work));
        calibration = calibration::fixed_words(config, work);
    }
    std::optional<Repeatability> measure(int runs, const std::function<bool()>& stop = {}) const
    {
        RepeatedLayer layer;
        layer.layer = &work.layers[0];
        layer.calibration = &calibration[0];
        layer.inputs = work.inputs;
        return measure_repeatability(config, chip, {layer}, runs, best_simd_level(), stop);
    }
};

TEST(Repeatability, OfAnIdealTileIsExact)
{
    const auto r = Bench(0.0).measure(3);
    ASSERT_TRUE(r);
    EXPECT_EQ(r->vectors, 6U);
    EXPECT_EQ(r->outputs, 24U);
    EXPECT_EQ(r->identical_share, 1.0);
    EXPECT_EQ(r->thermal_rms_lsb, 0.0);
}

/// The reads have the numbers 2^39, 2^39 + 1 ..., run after run: none of a run's.
TEST(Repeatability, ReadsWithNumbersOfItsOwn)
{
    const Bench b(0.8);
    const int runs = 2;
    const mvm::AnalogPath path(b.config, b.chip);
    mvm::AnalogPath::Scratch scratch;
    const std::size_t n = b.work.inputs.rows();
    std::vector<std::vector<std::int32_t>> counts(runs);
    for (std::size_t k = 0; k < n * runs; ++k) {
        std::vector<std::int32_t> c_p(4), c_n(4);
        path.read(b.work.inputs.row(k % n), {(std::uint64_t{1} << 39U) + k, false}, scratch,
                  c_p.data(), c_n.data());
        for (std::size_t c = 0; c < 4; ++c) { counts[k / n].push_back(c_p[c] - c_n[c]); }
    }
    double variance = 0.0;
    for (std::size_t i = 0; i < 4 * n; ++i) {
        const double half = 0.5 * (counts[0][i] - counts[1][i]);
        variance += 2.0 * half * half / static_cast<double>(4 * n);
    }
    const auto r = b.measure(runs);
    ASSERT_TRUE(r);
    ASSERT_GT(variance, 0.0);
    EXPECT_NEAR(r->thermal_rms_lsb, std::sqrt(variance), 1e-12);
    EXPECT_LT(r->identical_share, 1.0);
}

TEST(Repeatability, IsNotMeasuredWhenThereIsNothingToMeasure)
{
    const Bench b(0.0);
    EXPECT_FALSE(b.measure(0));
    EXPECT_FALSE(b.measure(1));
    EXPECT_FALSE(b.measure(4, [] { return true; }));
    EXPECT_FALSE(measure_repeatability(b.config, b.chip, {}, 4, best_simd_level(), {}));
}

}  // namespace
}  // namespace aimc::report
