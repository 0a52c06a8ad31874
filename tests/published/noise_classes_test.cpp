// SPDX-License-Identifier: Apache-2.0
// The two classes of ADC error (machine page 1.3): fixed, by seed.device, which a calibration can
// remove, and random, by seed.read, which it cannot. A counter that rounds to nearest and has noise
// of 0.35 LSB is off by sqrt(0.35^2 + 1/12) = 0.454 LSB rms.
#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/read_path.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

namespace {

using namespace aimc;

constexpr std::size_t rows = 64;
constexpr double sigma_lsb = 0.35;

config::TileConfig noisy_tile(std::size_t cols)
{
    config::TileConfig c;
    c.rows = rows;
    c.cols = cols;
    c.device.g_max_uS = 10.35;
    c.adc.sigma_lsb = sigma_lsb;
    c.adc.rounding = config::Rounding::nearest;
    return c;
}

/// Weights and inputs of one sign, so that c+ alone counts, and that do not depend on any seed.
config::Workload fixed_work(const config::TileConfig& c, std::size_t vectors)
{
    std::mt19937 random(17);
    config::Workload work;
    work.layers.resize(1);
    work.layers[0].weights = Matrix<std::int16_t>(c.rows, c.cols);
    work.layers[0].rows = {0, c.rows};
    work.layers[0].cols = {0, c.cols};
    for (auto& w : work.layers[0].weights.data()) { w = static_cast<std::int16_t>(random() % 128); }
    work.inputs = Matrix<std::int8_t>(vectors, c.rows);
    for (auto& x : work.inputs.data()) { x = static_cast<std::int8_t>(random() % 128); }
    return work;
}

mvm::Chip chip_of(const config::TileConfig& c, const config::Workload& work)
{
    return mvm::make_chip(c, calibration::cell_targets(c, work));
}

/// Counts that the nominal line would give if it could count parts.
double analog_value(const config::TileConfig& c, const mvm::Chip& chip, const std::int8_t* x,
                    std::size_t column)
{
    std::int64_t charge = 0;
    for (std::size_t r = 0; r < c.rows; ++r) {
        charge += std::int64_t{x[r]} * chip.array.g_pos(WordLine{r}, BitLine{column}).raw;
    }
    return static_cast<double>(charge) * 4e-3 * 0.2 * 0.035;  // 4 nS, 0.2 V, 35 MHz/uA
}

TEST(NoiseClasses, RmsErrorOfANearestCounterIsNoiseAndQuantisation)
{
    config::TileConfig c = noisy_tile(256);
    c.adc.full_scale_uA.reset();
    const auto work = fixed_work(c, 1000);
    const mvm::Chip chip = chip_of(c, work);
    const mvm::ReadPath path(c, chip);
    mvm::ReadPath::Scratch scratch;
    std::vector<std::int32_t> p(c.cols), n(c.cols);
    double sum = 0.0;
    double sum2 = 0.0;
    std::vector<int> parts(10, 0);  // of a count: are the inputs spread evenly?
    for (std::size_t k = 0; k < work.inputs.rows(); ++k) {
        path.read(work.inputs.row(k), {k, false}, scratch, p.data(), n.data());
        for (std::size_t col = 0; col < c.cols; ++col) {
            const double exact = analog_value(c, chip, work.inputs.row(k), col);
            ASSERT_GT(exact, 10.0) << "noise must not be cut at zero";
            ++parts[static_cast<std::size_t>(10.0 * (exact - std::floor(exact)))];
            sum += p[col] - exact;
            sum2 += (p[col] - exact) * (p[col] - exact);
        }
    }
    const double reads = static_cast<double>(work.inputs.rows() * c.cols);
    const double rms = std::sqrt(sum2 / reads);
    const double expected = std::sqrt(sigma_lsb * sigma_lsb + 1.0 / 12.0);
    std::printf(
        "figure: sigma 0.35 LSB, nearest: rms error %.4f LSB over %.0f reads, expected "
        "%.4f (%+.2f %%), mean %+.4f\n",
        rms, reads, expected, 100.0 * (rms / expected - 1.0), sum / reads);
    EXPECT_NEAR(rms, expected, 0.01 * expected);
    // the slope of the line is rounded to the grid: at most 0.014 count at its end (curves.h)
    EXPECT_NEAR(sum / reads, 0.0, 0.014);
    EXPECT_LT(*std::max_element(parts.begin(), parts.end()), 0.11 * reads);
}

constexpr std::size_t repeats = 3000;  ///< mean of as many reads: sd 0.454 / sqrt(3000) = 0.008
constexpr std::size_t inputs = 8;

struct Means {
    std::vector<double> mean;         ///< [inputs x cols] c+ over the repeats
    std::vector<std::int32_t> first;  ///< [inputs x cols] of the first read
    converters::PhysicalCurves curves;
};

Means means_of(std::uint64_t device, std::uint64_t read)
{
    config::TileConfig c = noisy_tile(64);
    c.adc.curves = config::CurveSource::parametric;
    c.seed = {device, read};
    const auto work = fixed_work(c, inputs);
    const mvm::Chip chip = chip_of(c, work);
    const mvm::ReadPath path(c, chip);
    mvm::ReadPath::Scratch scratch;
    std::vector<std::int32_t> p(c.cols), n(c.cols);
    Means out;
    out.curves = chip.curves;
    out.mean.assign(inputs * c.cols, 0.0);
    for (std::size_t i = 0; i < inputs; ++i) {
        for (std::size_t k = 0; k < repeats; ++k) {
            path.read(work.inputs.row(i), {i * repeats + k, false}, scratch, p.data(), n.data());
            if (k == 0) { out.first.insert(out.first.end(), p.begin(), p.end()); }
            for (std::size_t col = 0; col < c.cols; ++col) {
                out.mean[i * c.cols + col] += p[col] / static_cast<double>(repeats);
            }
        }
    }
    return out;
}

bool same_curves(const converters::PhysicalCurves& a, const converters::PhysicalCurves& b)
{
    const auto same = [](const std::vector<converters::Knot>& x,
                         const std::vector<converters::Knot>& y) {
        return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [](const converters::Knot& k, const converters::Knot& l) {
                              return k.i_uA == l.i_uA && k.rate == l.rate;
                          });
    };
    return std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(),
                      [&](const auto& x, const auto& y) {
                          return same(x.pos, y.pos) && same(x.neg, y.neg) &&
                                 x.offset_pos == y.offset_pos && x.offset_neg == y.offset_neg &&
                                 x.input_offset_uA == y.input_offset_uA;
                      });
}

/// rms and largest distance of the means of two runs.
std::pair<double, double> distance(const Means& a, const Means& b)
{
    double sum2 = 0.0;
    double most = 0.0;
    for (std::size_t i = 0; i < a.mean.size(); ++i) {
        const double d = std::fabs(a.mean[i] - b.mean[i]);
        sum2 += d * d;
        most = std::max(most, d);
    }
    return {std::sqrt(sum2 / static_cast<double>(a.mean.size())), most};
}

TEST(NoiseClasses, FixedErrorBelongsToTheDeviceAndRandomErrorToTheRead)
{
    const Means one = means_of(1, 1);
    const Means other_read = means_of(1, 2);
    const Means other_device = means_of(2, 1);
    const auto [read_rms, read_most] = distance(one, other_read);
    const auto [device_rms, device_most] = distance(one, other_device);
    std::printf(
        "figure: means of %zu reads: another seed.read moves them by %.4f LSB rms, %.4f at "
        "most; another seed.device by %.2f rms, %.2f at most\n",
        repeats, read_rms, read_most, device_rms, device_most);
    // Two means of 3,000 reads differ by 0.454 * sqrt(2 / 3000) = 0.0117 rms (a little less where
    // a value is close to whole: quantisation then hides part of the noise); five times at most.
    EXPECT_LT(read_rms, 0.0125);
    EXPECT_GT(read_rms, 0.006) << "the reads of both seeds are the same";
    EXPECT_LT(read_most, 0.06);
    EXPECT_TRUE(same_curves(one.curves, other_read.curves));
    EXPECT_NE(one.first, other_read.first);
    EXPECT_GT(device_rms, 2.0) << "the spread of gain and offset is gone";
    EXPECT_FALSE(same_curves(one.curves, other_device.curves));
}

}  // namespace
