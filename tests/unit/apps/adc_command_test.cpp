// SPDX-License-Identifier: Apache-2.0
#include "../../../src/apps/adc_command.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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
    std::istringstream text(adc_table(f));
    for (std::string line; std::getline(text, line);) { EXPECT_LE(line.size(), 100U) << line; }
}

TEST(AdcTable, HasOneRowPerCurveAndTheSpread)
{
    const std::string text = adc_table(two_columns());
    EXPECT_NE(text.find("  0  both    2    100.00"), std::string::npos) << text;
    EXPECT_NE(text.find("  1  pos     3 "), std::string::npos) << text;
    EXPECT_NE(text.find("  1  neg     2         -      -"), std::string::npos) << text;
    for (const char* part : {"min ", "mean ", "max ", "counts/V", "ENOB", "DNL <= -0.9"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

TEST(AdcJson, CarriesEveryCurveWithBothLines)
{
    const auto json = nlohmann::json::parse(adc_json(two_columns()));
    EXPECT_EQ(json["format"], "aimc-adc-metrics/1");
    EXPECT_EQ(json["kind"], "measured");
    ASSERT_EQ(json["curves"].size(), 3U);
    const auto& shared = json["curves"][0];
    EXPECT_EQ(shared["polarity"], "both");
    EXPECT_NEAR(shared["best_fit"]["gain_counts_per_input"].get<double>(), 100.0, 1e-9);
    EXPECT_NEAR(shared["end_point"]["gain_counts_per_input"].get<double>(), 100.0, 1e-9);
    const auto& dead = json["curves"][2];
    EXPECT_TRUE(dead["best_fit"]["gain"].is_null());
    EXPECT_TRUE(dead["best_fit"]["inl_lsb"]["code"].is_null());
    EXPECT_NEAR(json["summary"]["best_fit"]["gain"]["mean"].get<double>(), 1.0, 1e-9)
        << "gain is relative to the mean of the curves";
    EXPECT_EQ(adc_json(two_columns()), adc_json(two_columns()));
}

}  // namespace
}  // namespace aimc::apps
