// SPDX-License-Identifier: Apache-2.0
// The synthetic SAR curves (row 12 of the acceptance table) have the wide codes, the INL and, with
// its noise, the resolution of the parts whose statistics shaped them.
#include "aimc/config/curve_file.h"
#include "aimc/converters/adc_metrics.h"

#include "support/figure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace aimc;
using namespace aimc::converters;
using test::figure;

constexpr std::array<int, 4> wide_codes{511, 1535, 2559, 3583};
constexpr double sigma_lsb = 0.58;

std::vector<std::vector<CountKnot>> sar_columns()
{
    const auto file = config::load_curve_file(
        AIMC_SOURCE_DIR "/configs/curves/sar_like_256_12b.csv", config::NonMonotone::reject);
    std::vector<std::vector<CountKnot>> all;
    for (const auto& column : file.columns) {
        auto& knots = all.emplace_back();
        for (const auto& point : column.pos) { knots.push_back({point.input, point.code}); }
    }
    return all;
}

TEST(SarLike, HasFourWideCodesOfEightToTenLsb)
{
    std::array<double, 4> mean{};
    const auto columns = sar_columns();
    ASSERT_EQ(columns.size(), 256U);
    for (const auto& knots : columns) {
        const AdcMetrics m = measure_curve(knots, 1.0, 0.0);
        const std::vector<double> dnl = deviations_from(m.best_fit, knots, 1.0).dnl;
        double others = 0.0;
        for (std::size_t i = 0; i < dnl.size(); ++i) {
            const int code = m.first_code + 1 + static_cast<int>(i);
            const auto at = std::find(wide_codes.begin(), wide_codes.end(), code);
            if (at == wide_codes.end()) {
                others = std::max(others, std::fabs(dnl[i]));
            } else {
                mean[static_cast<std::size_t>(at - wide_codes.begin())] += dnl[i] / 256.0;
                EXPECT_GT(dnl[i], 6.0) << "code " << code;
            }
        }
        EXPECT_LT(others, 1.0) << "all other codes are near one LSB";
    }
    for (std::size_t i = 0; i < mean.size(); ++i) {
        figure("mean_dnl_at_" + std::to_string(wide_codes[i]), mean[i], 2);
        // printed as +8 .. +10 without decimals; the parts themselves have 7.7 .. 10.0
        EXPECT_GE(mean[i], 7.5);
        EXPECT_LT(mean[i], 10.5);
    }
}

TEST(SarLike, HasTheInlAndWithItsNoiseTheBitsOfTheParts)
{
    double low = 0.0;
    double high = 0.0;
    for (const auto& knots : sar_columns()) {
        const AdcMetrics m = measure_curve(knots, 1.0, sigma_lsb);
        low += m.best_fit.inl.min.value / 256.0;
        high += m.best_fit.inl.max.value / 256.0;
        const double variance = m.best_fit.inl_rms * m.best_fit.inl_rms + sigma_lsb * sigma_lsb;
        EXPECT_NEAR(m.enob, m.bits - 0.5 * std::log2(1.0 + 12.0 * variance), 1e-9);
    }
    figure("mean_lowest_inl", low, 2);
    figure("mean_highest_inl", high, 2);
    EXPECT_NEAR(low, -5.8, 0.5);
    EXPECT_NEAR(high, 5.8, 0.5);
}

}  // namespace
