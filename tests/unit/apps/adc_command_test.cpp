// SPDX-License-Identifier: Apache-2.0
#include "../../../src/apps/adc_command.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace aimc::apps {
namespace {

/// Two columns in volts: one shared by both polarities, one with a dead negative curve.
config::CurveFile two_columns()
{
    config::CurveFile f;
    f.name = "curves/chip.csv";
    f.measured = true;
    f.chip = "a chip";
    f.input_unit = "V";
    f.full_scale = 2.0;
    f.full_scale_current_uA = 94.0;
    f.source = std::string(250, 's') + " and more words";
    f.columns = {{{{0, 0}, {2, 200}}, {{0, 0}, {2, 200}}},  //
                 {{{0, 10}, {1, 150}, {2, 310}}, {{0, 7}, {2, 7}}}};
    return f;
}

TEST(AdcTable, SaysFirstWhetherTheCurvesWereMeasured)
{
    config::CurveFile f = two_columns();
    EXPECT_EQ(adc_table(f).rfind("measured ADC curves: curves/chip.csv\n", 0), 0U);
    f.measured = false;
    EXPECT_EQ(adc_table(f).rfind("synthetic ADC curves", 0), 0U);
}

TEST(AdcTable, FitsOneHundredColumns)
{
    for (const char* name : {"hermes_like_256.csv", "esp32_sweep.csv"}) {
        std::istringstream text(adc_table(
            config::load_curve_file(std::string(AIMC_SOURCE_DIR) + "/configs/curves/" + name,
                                    config::NonMonotone::reject)));
        for (std::string line; std::getline(text, line);) { EXPECT_LE(line.size(), 100U) << line; }
    }
    config::CurveFile f = two_columns();
    f.input_unit = "of an unusually long unit";
    for (int c = 2; c < 1000; c += 333) {  // 16 bits, bent by a few thousand counts
        f.columns.resize(static_cast<std::size_t>(c) + 1, f.columns[0]);
        f.columns.back().pos = {{0, 0}, {1, 40000.0 + c}, {1.1, 50000}, {2, 65535}};
    }
    std::istringstream text(adc_table(f));
    for (std::string line; std::getline(text, line);) { EXPECT_LE(line.size(), 100U) << line; }
}

TEST(AdcTable, HasOneRowPerCurveInEveryBlockAndTheSpread)
{
    const std::string text = adc_table(two_columns());
    const auto blocks = [&](const std::string& part) {
        int found = 0;
        for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
            ++found;
        }
        return found;
    };
    for (const char* row : {"\n     0  both ", "\n     1  pos ", "\n     1  neg ", "\n   min ",
                            "\n  mean ", "\n   max "}) {
        EXPECT_EQ(blocks(row), 5) << row << text;
    }
    for (const char* part :
         {"Best-fit line", "End-point line", "Data sheet", "Recorded points", "Before and after",
          "counts/V", "LSB [V]", "DNL <= -0.9", "many tools use -1", "noise: none given"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << text;
    }
}

TEST(AdcTable, SaysWhatWasGiven)
{
    AdcOptions options;
    options.sigma_lsb = 0.25;
    options.nominal = 125.0;
    options.rounding = config::Rounding::nearest;
    options.as_words = true;
    const std::string text = adc_table(two_columns(), options);
    for (const char* part : {"noise: 0.25 LSB rms", "nominal: 125.00 counts/V, as given",
                             "rounds to nearest", "NMPU words"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << text;
    }
}

nlohmann::json json_of(const AdcOptions& options = {})
{
    return nlohmann::json::parse(adc_json(two_columns(), options));
}

TEST(AdcJson, CarriesEveryCurveWithBothLines)
{
    const auto json = json_of();
    EXPECT_EQ(json["format"], "aimc-adc-metrics/2");
    EXPECT_EQ(json["kind"], "measured");
    EXPECT_TRUE(json["sigma_lsb"].is_null()) << "none given";
    EXPECT_EQ(json["missing_code_dnl"], -0.9);
    EXPECT_GT(json["sine"]["periods"], 0);
    ASSERT_EQ(json["curves"].size(), 3U);
    const auto& shared = json["curves"][0];
    EXPECT_EQ(shared["polarity"], "both");
    EXPECT_NEAR(shared["best_fit"]["gain_counts_per_input"].get<double>(), 100.0, 1e-9);
    EXPECT_NEAR(shared["end_point"]["gain_counts_per_input"].get<double>(), 100.0, 1e-9);
    EXPECT_NEAR(shared["measured_lsb_input"].get<double>(), 0.01, 1e-12);
    EXPECT_FALSE(shared.contains("arrays"));
    EXPECT_EQ(json["curves"][1]["recorded_points"]["points_inside"], 1);
    EXPECT_EQ(json["curves"][1]["points_as_levels"]["points"], 3);
    const auto& dead = json["curves"][2];
    EXPECT_TRUE(dead["best_fit"]["gain"].is_null());
    EXPECT_TRUE(dead["best_fit"]["inl_lsb"]["largest"]["code"].is_null());
    EXPECT_TRUE(dead["sine"]["enob"].is_null());
    EXPECT_TRUE(dead["correction"]["scale"].is_null());
    EXPECT_NEAR(json["summary"]["best_fit"]["gain"]["mean"].get<double>(), 1.0, 1e-9)
        << "gain is relative to the mean of the curves";
    EXPECT_EQ(adc_json(two_columns()), adc_json(two_columns()));
}

TEST(AdcJson, CorrectionZeroesTheLineAndKeepsInlAndDnl)
{
    const auto json = json_of();
    for (const auto& curve : {json["curves"][0], json["curves"][1]}) {
        const auto& before = curve["best_fit"];
        const auto& after = curve["after_correction"]["best_fit"];
        EXPECT_NEAR(after["gain"].get<double>(), 1.0, 1e-9);
        EXPECT_NEAR(after["offset_counts"].get<double>(), 0.0, 1e-9);
        EXPECT_NEAR(after["inl_rms_lsb"].get<double>(), before["inl_rms_lsb"].get<double>(), 1e-9);
        for (const char* what : {"inl_lsb", "dnl_lsb"}) {
            for (const char* end : {"min", "max"}) {
                EXPECT_NEAR(after[what][end]["value"].get<double>(),
                            before[what][end]["value"].get<double>(), 1e-9);
            }
        }
    }
}

TEST(AdcJson, WordsAreOnTheGridOfTheNmpuAndLeaveItsRounding)
{
    AdcOptions options;
    options.as_words = true;
    const auto curve = json_of(options)["curves"][1];
    const double scale = curve["correction"]["scale"].get<double>() * 128.0;
    const double offset = curve["correction"]["offset_counts"].get<double>() * 2.0;
    EXPECT_EQ(scale, std::floor(scale));
    EXPECT_EQ(offset, std::floor(offset));
    const auto& after = curve["after_correction"]["best_fit"];
    EXPECT_NE(after["gain"].get<double>(), 1.0);
    EXPECT_NEAR(after["gain"].get<double>(), 1.0, 0.5 / 128 * 2.0);
    EXPECT_NEAR(after["offset_counts"].get<double>(), 0.0, 0.3);
    EXPECT_NEAR(after["inl_rms_lsb"].get<double>(), curve["best_fit"]["inl_rms_lsb"].get<double>(),
                1e-9);
}

TEST(AdcJson, FullAddsTheValuesOfEveryCode)
{
    AdcOptions options;
    options.full = true;
    const auto json = json_of(options);
    const auto& curve = json["curves"][1];
    const auto& arrays = curve["arrays"];
    const auto levels =
        curve["last_code"].get<std::size_t>() - curve["first_code"].get<std::size_t>();
    EXPECT_EQ(arrays["point_codes"].size(), 3U);
    EXPECT_EQ(arrays["transition_inputs"].size(), levels);
    for (const char* line : {"best_fit", "end_point"}) {
        EXPECT_EQ(arrays[line + std::string("_inl_lsb")].size(), levels);
        EXPECT_EQ(arrays[line + std::string("_dnl_lsb")].size(), levels - 1);
    }
    double largest = 0.0;
    for (const double inl : arrays["best_fit_inl_lsb"]) {
        largest = std::max(largest, std::fabs(inl));
    }
    EXPECT_NEAR(largest, std::fabs(curve["best_fit"]["inl_lsb"]["largest"]["value"].get<double>()),
                1e-9);
    EXPECT_TRUE(json["curves"][2]["arrays"]["best_fit_inl_lsb"].empty()) << "a dead curve";
}

TEST(AdcJson, NoiseLowersBothEnobs)
{
    AdcOptions options;
    options.sigma_lsb = 0.5;
    const auto clean = json_of()["curves"][0];
    const auto noisy = json_of(options)["curves"][0];
    // 1/12 + 0.25: one bit
    EXPECT_NEAR(clean["enob_static"].get<double>() - noisy["enob_static"].get<double>(), 1.0, 1e-6);
    EXPECT_NEAR(clean["sine"]["enob"].get<double>() - noisy["sine"]["enob"].get<double>(), 1.0,
                0.02);
}

}  // namespace
}  // namespace aimc::apps
