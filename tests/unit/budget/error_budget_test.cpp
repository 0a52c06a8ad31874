// SPDX-License-Identifier: Apache-2.0
#include "aimc/budget/error_budget.h"

#include "aimc/base/error.h"
#include "aimc/calibration/calibrate.h"

#include "budget_tile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

namespace aimc::budget {
namespace {

using config::TileConfig;
using config::Workload;
using test::budget_tile;
using test::figures;
using test::noisy_tile;
using test::part_of;

Budget budget_of(const TileConfig& c, Settings settings = {})
{
    return error_budget(c, config::make_workload(c), settings);
}

TEST(ErrorBudget, IsTheSameOnAnyThreadsAndSimdLevel)
{
    const auto first = figures(budget_of(noisy_tile()));
    EXPECT_EQ(figures(budget_of(noisy_tile())), first);
    for (const SimdLevel level : simd_levels()) {
        for (const int threads : {1, 2, 3}) {
            Settings settings;
            settings.simd = level;
            settings.threads = threads;
            EXPECT_EQ(figures(budget_of(noisy_tile(), settings)), first)
                << to_string(level) << ", " << threads << " threads";
        }
    }
}

TEST(ErrorBudget, SharesResidueAndInteractionMakeOne)
{
    const auto layer = budget_of(noisy_tile()).layers.front();
    double sum = layer.residue.value() + layer.interaction.value();
    for (const auto& part : layer.parts) { sum += part.share.value_or(0.0); }
    EXPECT_NEAR(sum, 1.0, 1e-12);
    const double all2 = layer.all.rmse_lsb * layer.all.rmse_lsb;
    const auto& noise = part_of(layer, Source::adc_noise);
    EXPECT_NEAR(noise.share.value(), 1.0 - noise.without.rmse_lsb * noise.without.rmse_lsb / all2,
                1e-12);
}

TEST(ErrorBudget, ASingleSourceHasTheWholeError)
{
    TileConfig c = budget_tile();  // counter, words and output far finer than the spread
    c.device.model = config::DeviceModel::hermes;
    c.device.g_max_uS = 12.7;
    c.device.read_noise = config::ReadNoise::none;
    c.crossbar.g_lsb_nS = 4.0;
    c.adc.gain_MHz_per_uA = 35.0 * 16;
    c.nmpu.scale_bits = 16;
    c.nmpu.scale_fraction = 18;
    c.nmpu.cut = 6;
    const auto layer = budget_of(c).layers.front();
    const auto& programming = part_of(layer, Source::programming);
    EXPECT_TRUE(programming.absent.empty());
    EXPECT_FALSE(part_of(layer, Source::drift).absent.empty());  // age 0
    EXPECT_FALSE(part_of(layer, Source::drift).share.has_value());
    EXPECT_NEAR(programming.share.value(), 1.0, 0.02);
    EXPECT_NEAR(programming.alone.rmse_lsb, layer.all.rmse_lsb, 0.02 * layer.all.rmse_lsb);
    EXPECT_NEAR(layer.interaction.value(), 0.0, 0.02);
}

TEST(ErrorBudget, AnExactTileHasNothingToShare)
{
    TileConfig c = budget_tile();
    c.calibration.method = config::CalibrationMethod::fixed;
    const auto layer = budget_of(c).layers.front();
    EXPECT_EQ(layer.all.rmse_lsb, 0.0);
    EXPECT_EQ(layer.none.rmse_lsb, 0.0);
    EXPECT_FALSE(part_of(layer, Source::quantisation).share.has_value());
    EXPECT_FALSE(layer.interaction.has_value());
    EXPECT_EQ(layer.calibration_vectors, 0U);
}

TEST(ErrorBudget, TheLaneCostsWhatItsRoundingsCost)
{
    TileConfig c = budget_tile();
    c.adc.gain_MHz_per_uA = 50000.0 / 256;  // counts that scales of (1, 7) are made for
    for (const auto post : {config::PostUnit::nmpu, config::PostUnit::ldpu}) {
        c.post = post;
        const auto layer = budget_of(c).layers.front();
        const auto& rounding = part_of(layer, Source::post_rounding);
        EXPECT_GT(rounding.alone.rmse_lsb, 0.0);
        EXPECT_LT(rounding.alone.rmse_lsb, post == config::PostUnit::nmpu ? 1.0 : 0.1);
        EXPECT_EQ(rounding.without, layer.quantisation_only);  // the only other source
    }
}

/// Two layers side by side on one tile, the first with a ReLU.
Workload two_layers(const TileConfig& c)
{
    const Workload one = config::make_workload(c);
    Workload work = one;
    work.layers.clear();
    const std::size_t cols = c.cols / 2;
    for (std::size_t l = 0; l < 2; ++l) {
        config::Layer layer = one.layers[0];
        layer.name = l == 0 ? "first" : "second";
        layer.rows = {0, l == 0 ? c.rows : cols};
        layer.cols = {l * cols, (l + 1) * cols};
        layer.weights = Matrix<std::int16_t>(layer.rows.size(), cols);
        for (std::size_t r = 0; r < layer.rows.size(); ++r) {
            for (std::size_t i = 0; i < cols; ++i) {
                layer.weights.row(r)[i] = one.layers[0].weights.row(r)[layer.cols.from + i];
            }
        }
        if (l == 0) { layer.activation = config::Activation::relu; }
        work.layers.push_back(std::move(layer));
    }
    work.calibration_inputs = one.inputs;
    return work;
}

TEST(ErrorBudget, LooksAtEachLayerOnTheInputsOfAnExactNetwork)
{
    TileConfig c = noisy_tile();
    c.calibration.vectors = config::CalibrationVectors::representative;
    const Workload work = two_layers(c);
    const auto layers = error_budget(c, work, {}).layers;
    ASSERT_EQ(layers.size(), 2U);
    EXPECT_EQ(layers[0].name, "first");
    EXPECT_EQ(layers[1].name, "second");
    // W x of the second layer at the 99.9th percentile over what an exact first layer hands on
    std::vector<double> magnitudes;
    std::vector<std::int64_t> first(c.cols / 2);
    std::vector<std::int64_t> second(c.cols / 2);
    std::vector<std::int8_t> x(c.cols / 2);
    for (std::size_t k = 0; k < work.calibration_inputs.rows(); ++k) {
        calibration::ideal_product(work.layers[0], work.calibration_inputs.row(k), first.data());
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double y = std::floor(static_cast<double>(first[i]) / layers[0].y_lsb + 0.5);
            x[i] = static_cast<std::int8_t>(std::clamp(y, 0.0, 127.0));
        }
        calibration::ideal_product(work.layers[1], x.data(), second.data());
        for (const auto t : second) { magnitudes.push_back(std::fabs(static_cast<double>(t))); }
    }
    EXPECT_DOUBLE_EQ(layers[1].y_lsb,
                     *std::max_element(magnitudes.begin(), magnitudes.end()) / 127.0);
    EXPECT_GT(layers[1].all.rmse_lsb, layers[1].none.rmse_lsb);
}

TEST(ErrorBudget, RefusesWhatCannotBeSwitched)
{
    TileConfig c = budget_tile();
    c.chip = "frozen.json";
    EXPECT_THROW(budget_of(c), ConfigError);
    c.chip.clear();
    c.calibration.file = "affine.json";
    EXPECT_THROW(budget_of(c), ConfigError);
    c.calibration.file.clear();
    c.calibration.vectors = config::CalibrationVectors::representative;
    EXPECT_THROW(budget_of(c), InputError);
}

TEST(ErrorBudget, StopsWhenAskedTo)
{
    std::atomic<int> asked{0};
    Settings settings;
    settings.threads = 2;
    settings.stop_requested = [&] { return ++asked > 40; };
    const Budget budget = budget_of(noisy_tile(), settings);
    EXPECT_FALSE(budget.complete);
    EXPECT_TRUE(budget.layers.empty());
}

TEST(ErrorBudget, ReportsEveryVariantOnce)
{
    std::size_t calls = 0;
    std::size_t last = 0;
    Settings settings;
    settings.on_progress = [&](std::size_t done, std::size_t all) {
        ++calls;
        last = done;
        EXPECT_EQ(all, n_variants(budget_tile()));
    };
    budget_of(budget_tile(), settings);
    EXPECT_EQ(calls, 4U);  // none, both, and each of the two
    EXPECT_EQ(last, calls);
}

}  // namespace
}  // namespace aimc::budget
