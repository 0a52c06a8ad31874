// SPDX-License-Identifier: Apache-2.0
// Energy, area and hardware in report.json, report.txt and beside the published figures.
#include "aimc/cost/digital_energy.h"
#include "aimc/report/run_result.h"

#include "run_fixture.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace aimc::report {
namespace {

using Json = nlohmann::ordered_json;

/// What a session does with a configuration and the phases that ran.
RunResult costed(RunResult r)
{
    r.energy = cost::energy_of(r.config, r.mvms, r.phases);
    r.area = cost::area_of(r.config);
    r.hardware = cost::hardware_cost(r.config);
    return r;
}

RunResult four_phase_run()
{
    RunResult r = one_phase_run();
    r.config.read.mode = config::ReadMode::four_phase;
    r.read_cycles.mean = r.initiation_interval = 521.0;
    r.phases = 4 * r.mvms;
    return costed(r);
}

/// Paragraphs on one line each, wherever they are wrapped.
std::string unwrapped(std::string text)
{
    for (auto at = text.find("\n  "); at != std::string::npos; at = text.find("\n  ", at)) {
        text.replace(at, 3, " ");
    }
    return text;
}

TEST(CostJson, GivesTheEnergyWithATagOnEveryEntry)
{
    const Json json = Json::parse(report_json(one_phase_run()));
    const Json& energy = json["energy"];
    EXPECT_NEAR(energy["per_mvm_nj"].get<double>(), 13.43, 0.005);
    EXPECT_NEAR(energy["tops_per_w"].get<double>(), 9.76, 0.005);
    EXPECT_EQ(energy["phases_per_mvm"], 1.0);
    ASSERT_EQ(energy["parts"].size(), 4U);
    for (const auto& [name, part] : energy["parts"].items()) {
        EXPECT_TRUE(part["tag"].is_string() && !part["tag"].empty()) << name;
        EXPECT_EQ(part["per_mvm_nj"].is_null(), name == "digital") << name;
    }
    EXPECT_EQ(energy["left_out"].size(), 2U);
    for (const auto& [name, figure] : json["area"].items()) {
        EXPECT_TRUE(figure["tag"].is_string()) << name;
    }
    EXPECT_TRUE(json["area"]["post_mm2"]["value"].is_null()) << "not published, so not faked";
    EXPECT_EQ(json["area"]["post_in_nmpus"]["value"], 64.0);
    const Json& hardware = json["hardware"];
    EXPECT_EQ(hardware["bits"], hardware["storage_bits"].get<int>() +
                                    hardware["multiplier_bit_products"].get<int>() +
                                    hardware["adder_bits"].get<int>());
    EXPECT_EQ(hardware["tag"].get<std::string>().rfind("Choice: ", 0), 0U);
}

TEST(CostJson, ARunWithoutAnMvmHasNoEnergy)
{
    RunResult r = one_phase_run();
    r.energy.reset();
    EXPECT_TRUE(Json::parse(report_json(r))["energy"].is_null());
    EXPECT_EQ(report_text(r).find("TOPS/W"), std::string::npos);
}

TEST(CostJson, PutsTheBoundBesideTheEnergyAsConfigured)
{
    RunResult r = one_phase_run();
    EXPECT_TRUE(Json::parse(report_json(costed(r)))["energy"]["adc_bound"].is_null());
    r.config.energy.adc_bound.model = config::BoundModel::ams;
    r = costed(r);
    const Json bound = Json::parse(report_json(r))["energy"]["adc_bound"];
    EXPECT_EQ(bound["model"], "ams");
    EXPECT_EQ(bound["enob"], 12.0);
    EXPECT_EQ(bound["n_mult"], 256);
    EXPECT_EQ(bound["derate"], 1.0);
    EXPECT_NEAR(bound["conversion_pj"].get<double>(), 2.506, 0.001);
    EXPECT_NEAR(bound["mac_fj"].get<double>(), 9.79, 0.005);
    EXPECT_NEAR(bound["per_mvm_nj"].get<double>(), 0.6416, 0.0001);
    EXPECT_NEAR(bound["adc_share"].get<double>(), 0.120, 0.0005);
    EXPECT_NEAR(bound["configured_over_bound"].get<double>(), 13.6, 0.05);
    EXPECT_NE(bound["tag"].get<std::string>().find("recalled"), std::string::npos);
    const std::string text = unwrapped(report_text(r));
    for (const char* part : {"as configured", "65.0 %  13.6 times the bound",
                             "0.6416  12.0 %  ams: 2.506 pJ at 12 bit",
                             "bound of 9.789 fJ per product of one conversion of 256, 9.789 fJ per product of the whole MVM"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
}

TEST(CostJson, NoEnergyAtAllHasNoEfficiency)
{
    RunResult r = one_phase_run();
    r.config.energy.adc_conversion_pJ = 0.0;
    r.config.energy.input_phase_pJ = 0.0;
    r.config.energy.array_mvm_fJ = 0.0;
    r = costed(r);
    EXPECT_TRUE(Json::parse(report_json(r))["energy"]["tops_per_w"].is_null());
    EXPECT_NE(report_text(r).find("  - TOPS/W at"), std::string::npos);
}

TEST(CostText, ShowsSplitTotalAndWhatIsLeftOut)
{
    const std::string text = unwrapped(report_text(one_phase_run()));
    for (const char* part :
         {"8.73  65.0 %  Choice", "4.398  32.8 %  Choice", "0.3015   2.2 %  Derived",
          "not published: left out", "13.43",
          "9.76 TOPS/W at 1.00 phases per MVM; left out: the NMPU",
          "energies per event set to match 13.4 nJ",
          "tile 0.634 mm2 (Derived), of which ADCs and support more than 40 % (Source)",
          "one published NMPU: NMPU 64 (Source), FP16 LDPU 505",
          "6,144 bits stored, 12,288 bit products of multipliers, 4,608 bits of adders"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
}

TEST(CostText, ADigitalTileHasNoConverters)
{
    RunResult r = one_phase_run();
    r.config.kind = config::TileKind::digital_cim;
    r.energy = cost::digital_energy_of(r.config, 1, 8);
    const std::string text = unwrapped(report_text(r));
    EXPECT_NE(text.find("none: sums are exact, nothing is converted"), std::string::npos) << text;
    std::istringstream lines(report_text(r));
    for (std::string line; std::getline(lines, line);) { EXPECT_LE(line.size(), 100U) << line; }
    const Json adc = Json::parse(report_json(r))["energy"]["parts"]["adc"];
    EXPECT_TRUE(adc["per_mvm_nj"].is_null());
    EXPECT_EQ(adc["tag"].get<std::string>().rfind("none: ", 0), 0U);
}

TEST(CostText, FitsAHundredColumnsWithFiguresOfYourOwn)
{
    RunResult r = one_phase_run();
    r.config.energy.nmpu_column_pJ = 1e6;
    r.config.energy.adc_conversion_pJ = 1e6;
    r.config.area.nmpu_um2 = 123456.789;
    r.config.nmpu.scale_exponent.reset();
    for (const auto post : {config::PostUnit::nmpu, config::PostUnit::ldpu}) {
        r.config.post = post;
        std::istringstream lines(report_text(costed(r)));
        for (std::string line; std::getline(lines, line);) { EXPECT_LE(line.size(), 100U) << line; }
    }
}

TEST(CostText, SaysWhyAnAreaIsUnknown)
{
    RunResult r = one_phase_run();
    r.config.rows = r.config.cols = 4;
    r.config.nmpu.lanes = 1;
    const std::string text = unwrapped(report_text(costed(r)));
    EXPECT_NE(text.find("tile - (unknown: the published figure is of an analog core of 256 x 256)"),
              std::string::npos);
    EXPECT_EQ(text.find("ADCs and support"), std::string::npos) << "that share is of 256 x 256";
}

TEST(CostComparison, EnergyIsSetToMatch)
{
    const Comparison one = row(one_phase_run(), "energy of one MVM, one-phase");
    EXPECT_EQ(one.ours, "13.43 nJ");
    EXPECT_EQ(one.published, "13.4 nJ, from 9.76 TOPS/W");
    EXPECT_EQ(one.how, "set to match (consistency)");
    EXPECT_EQ(row(one_phase_run(), "efficiency").ours, "9.76 TOPS/W");
    const Comparison four = row(four_phase_run(), "energy of one MVM, four-phase");
    EXPECT_EQ(four.ours, "52.81 nJ");
    EXPECT_EQ(four.published, "52.8 nJ, from 3.38 uJ of 64");
    EXPECT_EQ(row(four_phase_run(), "efficiency").published, "2.48 TOPS/W");
}

TEST(CostComparison, TheSingleCoreStandsBesideAndIsNotMatched)
{
    const Comparison single = row(one_phase_run(), "single core (another chip");
    EXPECT_EQ(single.ours, "13.43 nJ, +7.6 %");
    EXPECT_EQ(single.published, "12.48 nJ, from 10.5 TOPS/W");
    EXPECT_EQ(single.how, "derived");
    EXPECT_EQ(row(four_phase_run(), "single core").quantity, "");
}

TEST(CostComparison, ClaimsNoMatchWithOtherEnergiesOrFewerPhases)
{
    RunResult r = four_phase_run();
    r.phases = 2 * r.mvms;
    EXPECT_EQ(row(costed(r), "energy of one MVM").how, "derived");
    r = one_phase_run();
    r.config.energy.adc_conversion_pJ = 20.0;
    EXPECT_EQ(row(costed(r), "energy of one MVM, one").how, "derived");
    r = one_phase_run();
    r.config.area.ldpu_in_nmpus = 400.0;
    EXPECT_EQ(row(costed(r), "area of LDPU").how, "derived");
    EXPECT_EQ(row(costed(r), "area of LDPU").ours, "400 : 64 : 1, 6.2x of 64");
    r.config.area.tile_mm2 = 0.5;
    EXPECT_EQ(row(costed(r), "area of the tile").how, "derived");
}

TEST(CostComparison, APostUnitOfYourOwnIsNotComparedWithTotalsThatLeaveItOut)
{
    RunResult r = one_phase_run();
    r.config.energy.nmpu_column_pJ = 100.0;
    r = costed(r);
    EXPECT_GT(r.energy->per_mvm_nJ, 39.0);
    EXPECT_EQ(row(r, "energy of one MVM, one").ours, "13.43 nJ");
    EXPECT_EQ(row(r, "efficiency").ours, "9.76 TOPS/W");
}

TEST(CostComparison, AreasAreSetToMatchAndOnlyForThatCore)
{
    EXPECT_EQ(row(one_phase_run(), "area of LDPU").ours, "505 : 64 : 1, 7.9x of 64");
    EXPECT_EQ(row(one_phase_run(), "area of LDPU").how, "set to match (consistency)");
    EXPECT_EQ(row(one_phase_run(), "area of the tile").how, "set to match (consistency)");
    RunResult r = one_phase_run();
    r.config.nmpu.lanes = 32;
    EXPECT_EQ(row(costed(r), "area of LDPU").quantity, "") << "another unit";
    r.config.rows = 128;
    EXPECT_EQ(row(costed(r), "area").quantity, "");
    EXPECT_EQ(row(costed(r), "energy").quantity, "");
}

}  // namespace
}  // namespace aimc::report
