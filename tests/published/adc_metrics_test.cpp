// SPDX-License-Identifier: Apache-2.0
// The metric engine against curves whose figures are known: ideal ones, and measured and vendor
// data with published check values. Each test prints what it found.
#include "aimc/converters/adc_metrics.h"

#include "aimc/converters/adc_sine.h"
#include "aimc/converters/recorded_line.h"

#include "support/figure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace {

using namespace aimc::converters;
using aimc::test::figure;
using Rows = std::vector<std::vector<std::string>>;

/// A comma-separated file of measured data, header first.
Rows recorded(const std::string& name)
{
    std::ifstream in(std::string(AIMC_SOURCE_DIR) + "/configs/curves/source/" + name);
    if (!in) { throw std::runtime_error("configs/curves/source/" + name + " is missing"); }
    Rows rows;
    for (std::string line; std::getline(in, line);) {
        rows.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) { rows.back().push_back(cell); }
    }
    return rows;
}

/// Two columns, found by their titles, as (input, code).
std::vector<CountKnot> points_of(const Rows& rows, const std::string& input,
                                 const std::string& code)
{
    const auto find = [&](const std::string& title) {
        std::size_t at = 0;
        while (rows[0].at(at) != title) { ++at; }
        return at;
    };
    std::vector<CountKnot> points;
    for (std::size_t r = 1; r < rows.size(); ++r) {
        points.push_back({std::stod(rows[r].at(find(input))), std::stod(rows[r].at(find(code)))});
    }
    return points;
}

/// An 8-bit counter: one count per unit of input times `gain`, plus `offset`, clipped by its knots.
std::vector<CountKnot> eight_bits(double gain, double offset)
{
    return {{-offset / gain, 0.0}, {(255.0 - offset) / gain, 255.0}};
}

double largest(const Extremes& e) { return std::fabs(e.largest().value); }

TEST(PublishedAdcMetrics, IdealEightBit)
{
    const auto m = measure_curve(eight_bits(1.0, 0.0), 1.0, 0.0);
    const auto sine = measure_sine(eight_bits(1.0, 0.0), 0.0);
    figure("inl_lsb", largest(m.best_fit.inl), 9);
    figure("dnl_lsb", largest(m.best_fit.dnl), 9);
    figure("enob_static", m.enob);
    figure("enob_sine", sine.enob);
    figure("sinad_db", sine.sinad_dB, 2);
    EXPECT_NEAR(largest(m.best_fit.inl), 0.0, 1e-9);
    EXPECT_NEAR(largest(m.best_fit.dnl), 0.0, 1e-9);
    EXPECT_NEAR(largest(m.end_point.inl), 0.0, 1e-9);
    EXPECT_NEAR(largest(m.end_point.dnl), 0.0, 1e-9);
    EXPECT_NEAR(m.enob, 8.0, 0.02);
    EXPECT_NEAR(sine.enob, 8.0, 0.02);
    EXPECT_NEAR(sine.sinad_dB, 49.9, 0.1);
}

TEST(PublishedAdcMetrics, GainAndOffsetAreReportedAsSuch)
{
    const auto m = measure_curve(eight_bits(1.02, 3.0), 1.0, 0.0);
    figure("best_fit_gain", m.best_fit.gain);
    figure("best_fit_offset_counts", m.best_fit.offset);
    figure("end_point_gain", m.end_point.gain);
    figure("end_point_offset_counts", m.end_point.offset);
    figure("inl_lsb", largest(m.best_fit.inl), 9);
    for (const LineMetrics& fit : {m.best_fit, m.end_point}) {
        EXPECT_NEAR(fit.gain, 1.02, 1e-9);
        EXPECT_NEAR(fit.offset, 3.0, 1e-9);
        EXPECT_NEAR(largest(fit.inl), 0.0, 1e-9);
        EXPECT_NEAR(largest(fit.dnl), 0.0, 1e-9);
    }
}

TEST(PublishedAdcMetrics, OneRemovedCodeIsOneMissingCode)
{
    const std::vector<CountKnot> jump{{0, 0}, {100, 100}, {100, 101}, {254, 255}};
    const auto m = measure_curve(jump, 1.0, 0.0);
    figure("missing_codes", m.missing_codes, 0);
    figure("dnl_min_lsb", m.best_fit.dnl.min.value);
    figure("dnl_min_code", m.best_fit.dnl.min.code, 0);
    EXPECT_EQ(m.missing_codes, 1);
    EXPECT_EQ(m.best_fit.dnl.min.code, 100);
    EXPECT_NEAR(m.best_fit.dnl.min.value, -1.0, 1e-9);
    EXPECT_EQ(measure_curve(eight_bits(1.0, 0.0), 1.0, 0.0).missing_codes, 0);
}

TEST(PublishedAdcMetrics, AffineCorrectionZeroesTheLineAndKeepsTheShape)
{
    std::vector<CountKnot> bowed;
    for (int j = 0; j <= 16; ++j) {
        const double u = j / 16.0;
        bowed.push_back({200.0 * u, 186.0 * u + 6.5 - 28.0 * u * (1.0 - u)});
    }
    const auto before = measure_curve(bowed, 1.0, 0.0);
    const auto after = measure_curve(bowed, 1.0, 0.0, correction_of(before.best_fit));
    figure("gain_before", before.best_fit.gain);
    figure("gain_after_minus_1", after.best_fit.gain - 1.0, 12);
    figure("offset_before_counts", before.best_fit.offset);
    figure("offset_after_counts", after.best_fit.offset, 12);
    figure("inl_before_lsb", largest(before.best_fit.inl), 9);
    figure("inl_after_lsb", largest(after.best_fit.inl), 9);
    EXPECT_NEAR(after.best_fit.gain, 1.0, 1e-9);
    EXPECT_NEAR(after.best_fit.offset, 0.0, 1e-9);
    EXPECT_NEAR(largest(after.best_fit.inl), largest(before.best_fit.inl), 1e-9);
    EXPECT_NEAR(largest(after.best_fit.dnl), largest(before.best_fit.dnl), 1e-9);
    EXPECT_GT(largest(before.best_fit.inl), 1.0) << "there must be something to keep";
}

TEST(PublishedAdcMetrics, SevenBitsWithNoiseOf035LsbAreSixPointThreeFive)
{
    const std::vector<CountKnot> seven_bits{{0, 0}, {127, 127}};
    const double stat = measure_curve(seven_bits, 1.0, 0.35).enob;
    const double sine = measure_sine(seven_bits, 0.35).enob;
    figure("enob_static", stat);
    figure("enob_sine", sine);
    EXPECT_NEAR(stat, 6.35, 0.02);
    EXPECT_NEAR(sine, 6.35, 0.02);
}

TEST(PublishedAdcData, Esp32SweepHasItsLine)
{
    const Rows rows = recorded("esp32_sweep_measured.csv");
    const auto points = points_of(rows, "volt_v", "mean_code");
    const auto all = recorded_line(points);
    figure("gain_codes_per_volt", all.gain, 1);
    figure("offset_codes", all.offset, 1);
    figure("residual_min_codes", all.residual_min, 1);
    figure("residual_max_codes", all.residual_max, 1);
    EXPECT_EQ(all.points, 29U);
    EXPECT_NEAR(all.gain, 1283.3, 0.05);
    EXPECT_NEAR(all.offset, -229.4, 0.05);
    EXPECT_NEAR(all.residual_min, -78.0, 0.5);
    EXPECT_NEAR(all.residual_max, 232.0, 0.5);

    const auto low = recorded_line(points, 2.5);
    figure("gain_below_2.5_V_codes_per_volt", low.gain, 1);
    figure("offset_below_2.5_V_codes", low.offset, 1);
    EXPECT_NEAR(low.gain, 1221.4, 0.05);
    EXPECT_NEAR(low.offset, -162.7, 0.05);
    EXPECT_NEAR(low.residual_min, -7.0, 0.5);
    EXPECT_NEAR(low.residual_max, 13.0, 0.5);
}

// The published INL is the error of the level, T - line, with the line of T over code. The engine's
// is the error of the code, code - line, with the line of code over T (IEEE 1241): the end-point
// figures differ in sign only, the best fits are two different lines.
TEST(PublishedAdcData, EspressifTableHasItsInl)
{
    const Rows rows = recorded("espressif_esp32_curves.csv");
    const auto points = points_of(rows, "adc1_vref1100_mv", "raw_code");
    const auto l = level_line(points);
    figure("end_point_min_codes", l.end_point_min, 1);
    figure("end_point_max_codes", l.end_point_max, 1);
    figure("best_fit_min_codes", l.best_fit_min, 1);
    figure("best_fit_max_codes", l.best_fit_max, 1);
    EXPECT_EQ(l.points, 257U);
    EXPECT_NEAR(l.end_point_min, 0.0, 1e-9);
    EXPECT_NEAR(l.end_point_max, 295.0, 0.5);
    EXPECT_NEAR(l.best_fit_min, -237.0, 0.5);
    EXPECT_NEAR(l.best_fit_max, 96.0, 0.5);

    const auto m = measure_curve(points, 1.0, 0.0);
    figure("ieee_end_point_min_codes", m.end_point.inl.min.value, 1);
    figure("ieee_end_point_max_codes", m.end_point.inl.max.value, 1);
    figure("ieee_best_fit_min_codes", m.best_fit.inl.min.value, 1);
    figure("ieee_best_fit_max_codes", m.best_fit.inl.max.value, 1);
    EXPECT_NEAR(m.end_point.inl.min.value, -295.0, 0.5) << "between the rows too";
    EXPECT_NEAR(m.end_point.inl.max.value, 0.0, 1.0);
}

TEST(PublishedAdcData, AllEspressifCurvesAreMonotonic)
{
    const Rows rows = recorded("espressif_esp32_curves.csv");
    ASSERT_EQ(rows[0].size(), 11U);
    for (std::size_t c = 1; c < rows[0].size(); ++c) {
        const auto points = points_of(rows, rows[0][c], "raw_code");
        for (std::size_t r = 1; r < points.size(); ++r) {
            ASSERT_LT(points[r - 1].i_uA, points[r].i_uA) << rows[0][c] << " row " << r;
        }
    }
    figure("monotonic_curves", static_cast<double>(rows[0].size() - 1), 0);
}

}  // namespace
