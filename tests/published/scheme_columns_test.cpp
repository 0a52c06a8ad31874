// SPDX-License-Identifier: Apache-2.0
// Columns of a PIM chip: the spread of their lines, its two cures, fixed against random error.
// Source: PIM-QAT (arXiv 2209.08617), machine-made list of its figures, for 0.024 and 2.04; that
// the latter is in LSB is our choice. Derived: all other figures.
#include "aimc/calibration/affine_fit.h"
#include "aimc/schemes/column_errors.h"
#include "aimc/schemes/scheme.h"

#include "support/even_tile.h"
#include "support/figure.h"
#include "support/pim_tile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace aimc;
using test::analog_lsb;
using test::even_inputs;
using test::even_tile;
using test::even_weights;
using test::figure;
using test::read_all;
using test::rms;

double sample_sd(const double* values, std::size_t n)
{
    double mean = 0.0;
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) { mean += values[i] / static_cast<double>(n); }
    for (std::size_t i = 0; i < n; ++i) { sum += (values[i] - mean) * (values[i] - mean); }
    return std::sqrt(sum / static_cast<double>(n - 1));
}

// ---- spread of columns -------------------------------------------------------------------------

config::TileConfig spread_tile(std::uint64_t seed)
{
    config::TileConfig c = test::pim_tile(config::Scheme::native, 9, 256);
    c.pim.gain_sd = 0.024;
    c.pim.offset_sd_lsb = 2.04;
    c.seed.device = seed;
    return c;
}

TEST(PimColumns, SpreadOfGainsAndOffsetsOver256Columns)
{
    const auto chip = schemes::draw_column_errors(spread_tile(1));
    const double gain_sd = sample_sd(chip.gain.data(), 256);
    const double offset_sd = sample_sd(chip.offset.data(), 256);
    figure("gain_sd", gain_sd);
    figure("offset_sd_lsb", offset_sd);
    EXPECT_GE(gain_sd, 0.0219);
    EXPECT_LE(gain_sd, 0.0261);
    EXPECT_GE(offset_sd, 1.86);
    EXPECT_LE(offset_sd, 2.22);
}

TEST(PimColumns, SpreadOverManyChips)
{
    constexpr std::uint64_t n_chips = 200;  // standard error of an sd: 0.3 %
    std::vector<double> gains, offsets;
    for (std::uint64_t seed = 1; seed <= n_chips; ++seed) {
        const auto chip = schemes::draw_column_errors(spread_tile(seed));
        gains.insert(gains.end(), chip.gain.begin(), chip.gain.end());
        offsets.insert(offsets.end(), chip.offset.begin(), chip.offset.end());
    }
    EXPECT_NEAR(sample_sd(gains.data(), gains.size()), 0.024, 0.01 * 0.024);
    EXPECT_NEAR(sample_sd(offsets.data(), offsets.size()), 2.04, 0.01 * 2.04);
    const config::PimConfig pim = spread_tile(1).pim;
    const double expected[][2] = {{0.0, 2.04}, {32.0, 2.18}, {64.0, 2.55}, {127.0, 3.67}};
    for (const auto& [code, of_code] : expected) {
        std::vector<double> errors;
        for (std::size_t i = 0; i < gains.size(); ++i) {
            errors.push_back((gains[i] - 1.0) * code + offsets[i]);
        }
        figure("uncorrected_rms_lsb_at_" + std::to_string(static_cast<int>(code)), rms(errors), 3);
        EXPECT_NEAR(rms(errors), of_code, 0.01 * of_code);
        EXPECT_NEAR(schemes::uncorrected_rms(pim, code), of_code, 0.01);
    }
}

// ---- cures -------------------------------------------------------------------------------------

/// Analog values and codes of one column over many inputs.
struct Column {
    std::vector<double> analog, code;
};

/// What the shipped calibration leaves of a column's error. [LSB]
std::vector<double> corrected(const Column& of, config::CalibrationMethod method)
{
    constexpr double units = 1e6;  // the fit takes whole numbers
    calibration::ColumnSamples samples;
    samples.nominal = units;
    for (std::size_t k = 0; k < of.code.size(); ++k) {
        samples.c_p.push_back(static_cast<std::int32_t>(of.code[k]));
        samples.c_n.push_back(0);
        samples.ideal.push_back(std::llround(of.analog[k] * units));
    }
    const auto fit = calibration::fit_column(samples, config::Branch::single, method);
    std::vector<double> left;
    for (std::size_t k = 0; k < of.code.size(); ++k) {
        left.push_back((fit.scale_p() * of.code[k] + fit.offset()) / units - of.analog[k]);
    }
    return left;
}

TEST(PimColumns, EitherCureLeavesTheQuantiserAlone)
{
    config::TileConfig c = even_tile(256);
    c.pim.gain_sd = 0.024;
    c.pim.offset_sd_lsb = 2.04;
    const auto x = even_inputs(50.0);
    const auto codes = read_all(c, even_weights(c), x);
    const auto chip = schemes::draw_column_errors(c);
    std::vector<double> raw, by_fit, by_moments;
    for (std::size_t col = 0; col < c.cols; ++col) {
        Column column;
        for (std::size_t k = 0; k < x.rows(); ++k) {
            column.analog.push_back(analog_lsb(x.row(k)));
            column.code.push_back(codes.row(k)[col]);
            raw.push_back(column.code.back() - column.analog.back());
        }
        using Method = config::CalibrationMethod;
        for (const auto method : {Method::least_squares, Method::batch_norm}) {
            const auto left = corrected(column, method);
            auto& all = method == Method::batch_norm ? by_moments : by_fit;
            all.insert(all.end(), left.begin(), left.end());
            // rounded behind the gain: a weak column's half LSB is more of what went in
            const double expected = 0.2887 / chip.gain[col];
            EXPECT_NEAR(rms(left), expected, 0.02 * expected) << "column " << col;
        }
    }
    figure("raw_rms_lsb", rms(raw), 3);
    figure("affine_rms_lsb", rms(by_fit));
    figure("batch_norm_rms_lsb", rms(by_moments));
    EXPECT_GT(rms(raw), 1.8);
    EXPECT_LE(rms(by_fit), 0.30);
    EXPECT_LE(rms(by_moments), 0.30);
}

// ---- fixed and random error --------------------------------------------------------------------

/// The same inputs read again and again by one chip.
struct Repeats {
    double identical;    ///< [-] share of outputs that the first four runs agree on
    double mean_square;  ///< [LSB^2] about the chip's curve, neither noisy nor rounded
    double static_rms;   ///< [LSB] of the mean over repeats against the ideal line
};

Repeats repeat(config::TileConfig c)
{
    constexpr std::size_t n_runs = 200;
    constexpr std::size_t n_inputs = 60;
    const auto chip = schemes::draw_column_errors(c);
    Matrix<std::int8_t> x(n_inputs * n_runs, 3);
    for (std::size_t k = 0; k < x.rows(); ++k) {  // analog values of -40 .. 40 LSB, all over an LSB
        x.row(k)[0] = static_cast<std::int8_t>((k % n_inputs) * 37 % 128);
        x.row(k)[1] =
            static_cast<std::int8_t>(test::middle - 40 + static_cast<int>(k % n_inputs) * 4 / 3);
        x.row(k)[2] = test::middle;
    }
    const auto sums = read_all(c, even_weights(c), x);
    std::size_t identical = 0;
    double square = 0.0, fixed = 0.0;
    for (std::size_t i = 0; i < n_inputs; ++i) {
        for (std::size_t col = 0; col < c.cols; ++col) {
            const double analog = analog_lsb(x.row(i));
            const double curve = chip.gain[col] * analog + chip.offset[col];
            bool same = true;
            double mean = 0.0;
            for (std::size_t run = 0; run < n_runs; ++run) {
                const std::int32_t code = sums.row(run * n_inputs + i)[col];
                same = same && (run >= 4 || code == sums.row(i)[col]);
                square += (code - curve) * (code - curve);
                mean += static_cast<double>(code) / n_runs;
            }
            identical += same;
            fixed += (mean - analog) * (mean - analog);
        }
    }
    const auto outputs = static_cast<double>(n_inputs * c.cols);
    return {static_cast<double>(identical) / outputs, square / (outputs * n_runs),
            std::sqrt(fixed / outputs)};
}

TEST(PimColumns, FixedErrorStaysAndRandomErrorAveragesOut)
{
    config::TileConfig c = even_tile(256);
    c.pim.gain_sd = 0.024;
    c.pim.offset_sd_lsb = 2.04;
    const Repeats quiet = repeat(c);
    EXPECT_EQ(quiet.identical, 1.0);
    EXPECT_NEAR(quiet.mean_square, 1.0 / 12.0, 0.02 / 12.0);
    figure("mean_square_quiet_lsb2", quiet.mean_square);
    c.pim.sigma_lsb = 0.35;
    const Repeats noisy = repeat(c);
    c.seed.read = 2;
    const Repeats again = repeat(c);
    figure("repeatability_quiet", quiet.identical);
    figure("repeatability_noisy", noisy.identical);
    figure("mean_square_lsb2", noisy.mean_square);
    figure("static_rms_lsb", noisy.static_rms, 3);
    figure("static_rms_lsb_other_read_seed", again.static_rms, 3);
    const double expected = 0.35 * 0.35 + 1.0 / 12.0;
    EXPECT_LT(noisy.identical, 0.5);
    EXPECT_NEAR(noisy.mean_square, expected, 0.02 * expected);
    EXPECT_NEAR(again.mean_square, expected, 0.02 * expected);
    EXPECT_GT(noisy.static_rms, 1.5) << "the mean still carries the chip's own error";
    EXPECT_NEAR(again.static_rms, noisy.static_rms, 0.002 * noisy.static_rms);
    c.seed.device = 2;
    EXPECT_GT(std::abs(repeat(c).static_rms - noisy.static_rms), 0.01 * noisy.static_rms)
        << "another chip errs otherwise";
}

}  // namespace
