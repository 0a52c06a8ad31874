// SPDX-License-Identifier: Apache-2.0
// The converter energy bounds against their printed figures and against the ADC survey they stand
// for. Row 8 of the acceptance table; the AMS formula is recalled, the survey cross-checks it.
#include "aimc/cost/adc_bound.h"

#include "support/figure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace aimc;
using test::figure;

struct Converter {
    int year;
    double enob, energy_pJ;
};

/// Cells between commas; a quoted one ("SAR, TI") may hold commas itself.
std::vector<std::string> cells_of(const std::string& line)
{
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        quoted = quoted != (c == '"');
        if (c == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

/// All converters of the survey; none where the data folder is not beside the repository.
std::vector<Converter> survey()
{
    std::ifstream in(AIMC_SOURCE_DIR "/../shared/data/adc_curves/adc_energy_survey.csv");
    std::vector<Converter> all;
    std::string line;
    std::getline(in, line);  // titles
    while (std::getline(in, line)) {
        const std::vector<std::string> cells = cells_of(line);
        constexpr std::size_t year = 0;
        constexpr std::size_t sndr_dB = 6;
        constexpr std::size_t energy_pJ = 9;
        all.push_back({std::stoi(cells.at(year)), (std::stod(cells.at(sndr_dB)) - 1.76) / 6.02,
                       std::stod(cells.at(energy_pJ))});
    }
    return all;
}

std::vector<Converter> until(int year)
{
    std::vector<Converter> all = survey();
    const auto is_later = [=](const Converter& c) { return c.year > year; };
    all.erase(std::remove_if(all.begin(), all.end(), is_later), all.end());
    return all;
}

template <class Figure>
double mean_of_three_lowest(const std::vector<Converter>& all, Figure figure_of)
{
    std::vector<double> values;
    for (const Converter& c : all) { values.push_back(figure_of(c)); }
    std::partial_sort(values.begin(), values.begin() + 3, values.end());
    return (values[0] + values[1] + values[2]) / 3.0;
}

auto below_the_ams_bound(const std::vector<Converter>& all)
{
    return std::count_if(all.begin(), all.end(), [](const Converter& c) {
        return c.energy_pJ < cost::ams_bound_pJ(c.enob);
    });
}

TEST(AmsBound, EnergyOfAConversion)
{
    const std::vector<std::pair<double, double>> printed{
        {8.0, 0.300}, {10.5, 0.300}, {11.0, 0.627}, {12.0, 2.506}, {13.0, 10.02}};
    for (const auto& [enob, pJ] : printed) {
        figure("pJ_at_" + std::to_string(enob).substr(0, 4), cost::ams_bound_pJ(enob));
        EXPECT_NEAR(cost::ams_bound_pJ(enob), pJ, 0.01 * pJ) << enob << " bit";
    }
    EXPECT_NEAR(cost::ams_bound_pJ(10.5 + 1e-9), 0.313, 0.0005) << "where the branches meet";
}

// The headline: less than 0.4 % loss on ResNet-50 needs at least about 300 fJ per product.
TEST(AmsBound, TwelveBitsAndEightProductsAreTheHeadline)
{
    config::TileConfig tile;
    tile.adc.model = config::AdcModel::ams;
    tile.adc.ams.enob = 12.0;
    tile.energy.adc_bound.model = config::BoundModel::ams;
    const double fJ = cost::adc_bound_of(tile, 1.0, 0.0)->mac_fJ;
    figure("fJ_per_product", fJ, 1);
    EXPECT_NEAR(fJ, 313.0, 3.13);
    EXPECT_GE(fJ, 300.0);
    tile.adc.ams.enob = 11.0;
    EXPECT_NEAR(cost::adc_bound_of(tile, 1.0, 0.0)->mac_fJ, 78.3, 0.783);
}

TEST(AmsBound, SameErrorIsSameEnergyWhereNoiseRules)
{
    const double one = cost::ams_bound_pJ(12.0) / 8.0;
    EXPECT_NEAR(cost::ams_bound_pJ(13.0) / 32.0, one, 0.001 * one);
}

TEST(AmsBound, PassesUnderEveryConverterUntil2018)
{
    const auto all = survey();
    if (all.empty()) {
        GTEST_SKIP() << "put the data folder beside the repository: ../shared/data";
    }
    const auto then = until(2018);
    figure("converters_until_2018", static_cast<double>(then.size()), 0);
    figure("below_the_bound_until_2018", static_cast<double>(below_the_ams_bound(then)), 0);
    figure("below_the_bound_until_2025", static_cast<double>(below_the_ams_bound(all)), 0);
    EXPECT_EQ(then.size(), 538U);
    EXPECT_EQ(below_the_ams_bound(then), 0);
    EXPECT_EQ(all.size(), 725U);
    EXPECT_EQ(below_the_ams_bound(all), 2) << "converters got better since";
}

// Constants printed with three and four digits, made again from the data.
TEST(SurveyBound, IsTheEnvelopeOfTheSurvey)
{
    if (survey().empty()) { GTEST_SKIP() << "put the data folder beside the repository"; }
    for (const auto which : {config::Survey::until_2018, config::Survey::until_2025}) {
        const int year = which == config::Survey::until_2018 ? 2018 : 2025;
        const auto all = until(year);
        const double floor_pJ = mean_of_three_lowest(all, [](auto& c) { return c.energy_pJ; });
        const double thermal_pJ =
            mean_of_three_lowest(all, [](auto& c) { return c.energy_pJ / std::pow(4.0, c.enob); });
        const std::string name = "_until_" + std::to_string(year);
        figure("floor_pJ" + name, floor_pJ);
        figure("thermal_aJ" + name, thermal_pJ * 1e6);
        EXPECT_NEAR(cost::survey_bound_pJ(0.0, which), floor_pJ, 0.0005);
        const double at_16 = floor_pJ + thermal_pJ * std::pow(4.0, 16.0);
        EXPECT_NEAR(cost::survey_bound_pJ(16.0, which), at_16, 0.0005 * at_16);
    }
}

TEST(SurveyBound, TermsAreEqualAtTheCrossover)
{
    const auto crossover = [](config::Survey which) {
        double bits = 8.0;
        while (cost::survey_bound_pJ(bits, which) < 2.0 * cost::survey_bound_pJ(0.0, which)) {
            bits += 0.01;
        }
        return bits;
    };
    figure("crossover_until_2018", crossover(config::Survey::until_2018), 2);
    figure("crossover_until_2025", crossover(config::Survey::until_2025), 2);
    EXPECT_NEAR(crossover(config::Survey::until_2018), 10.2, 0.06);
    EXPECT_NEAR(crossover(config::Survey::until_2025), 10.4, 0.06);
}

TEST(LinearBound, EightBitsAt09Volt)
{
    figure("pJ_at_8", cost::linear_bound_pJ(8.0, 0.9));
    EXPECT_NEAR(cost::linear_bound_pJ(8.0, 0.9), 0.70, 0.005);
    const double linear_only = 0.1 * 10.0;  // [pJ] at 10 bit and 1 V: about half of both terms
    EXPECT_NEAR(cost::linear_bound_pJ(10.0, 1.0) / linear_only, 2.0, 0.1);
}

}  // namespace
