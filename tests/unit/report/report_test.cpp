// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/run_result.h"

#include "run_fixture.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <sstream>

namespace aimc::report {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> keys(const Json& json)
{
    std::vector<std::string> all;
    for (const auto& item : json.items()) { all.push_back(item.key()); }
    return all;
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

TEST(ReportJson, HasTheBlocksOfTheFormatInOrder)
{
    const Json json = Json::parse(report_json(one_phase_run()));
    EXPECT_EQ(keys(json), (std::vector<std::string>{
                              "format", "config", "seed", "engine", "complete", "workload",
                              "latency", "throughput", "accuracy", "adc", "crossbar", "nmpu",
                              "layers", "energy", "area", "hardware", "comparison", "host"}));
    EXPECT_EQ(json["format"], "aimc-report/1");
    EXPECT_EQ(keys(json["latency"]),
              (std::vector<std::string>{"clock_ghz", "mvm_cycles", "stage_cycles"}));
    EXPECT_EQ(keys(json["latency"]["mvm_cycles"]),
              (std::vector<std::string>{"min", "mean", "p50", "p99", "max"}));
    EXPECT_EQ(keys(json["throughput"]["states"]),
              (std::vector<std::string>{"reading", "input_starved", "post_busy", "output_blocked",
                                        "drain"}));
    EXPECT_EQ(json["adc"]["curves"], "synthetic");
    EXPECT_EQ(json["nmpu"]["saturated"], 2);
    EXPECT_EQ(json["nmpu"]["per_lane"]["relu_clipped"][3], 5);
    EXPECT_EQ(json["layers"][0]["calibration"]["method"], "least_squares");
    EXPECT_TRUE(json["accuracy"]["post"].contains("nmpu_vs_exact"));
    EXPECT_FALSE(json["accuracy"].contains("task")) << "no labels, no task";
    EXPECT_FALSE(json["accuracy"]["mvm"].contains("by_source"));
}

TEST(ReportJson, ComputesThroughputFromTheInitiationInterval)
{
    const Json json = Json::parse(report_json(one_phase_run()));
    EXPECT_NEAR(json["throughput"]["tops"].get<double>(), 2.0 * 65536.0 / 133.0e-9 / 1e12, 1e-9);
    EXPECT_NEAR(json["throughput"]["mvm_per_s"].get<double>(), 1e9 / 133.0, 1e-3);
    RunResult single = one_phase_run();
    single.initiation_interval = 0.0;
    EXPECT_TRUE(Json::parse(report_json(single))["throughput"]["tops"].is_null())
        << "one vector has no interval";
}

TEST(ReportJson, NamesTheLdpuWhenItIsTheUnit)
{
    RunResult r = one_phase_run();
    r.config.post = config::PostUnit::ldpu;
    r.n_post = 973;
    const Json json = Json::parse(report_json(r));
    EXPECT_FALSE(json.contains("nmpu"));
    EXPECT_EQ(json["ldpu"]["cycles_per_vector"], 973);
    EXPECT_TRUE(json["accuracy"]["post"].contains("ldpu_vs_exact"));
}

TEST(ReportJson, GivesTheTaskWhenThereAreLabels)
{
    RunResult r = one_phase_run();
    r.top1 = 95.25;
    r.float_top1 = 95.5;
    r.labelled = 360;
    const Json json = Json::parse(report_json(r));
    EXPECT_EQ(json["accuracy"]["task"]["top1"], 95.25);
    EXPECT_EQ(json["accuracy"]["task"]["n"], 360);
    EXPECT_EQ(json["accuracy"]["task"]["float_top1"], 95.5);
}

TEST(ReportJson, WritesNullForWhatHasNoValue)
{
    RunResult r = one_phase_run();
    r.layers[0].error = {0.0, 0.0, 0.0};
    const Json json = Json::parse(report_json(r));
    EXPECT_TRUE(json["accuracy"]["mvm"]["sqnr_db"].is_null());
    EXPECT_EQ(json["accuracy"]["mvm"]["rel_l2"], 0.0);
}

TEST(ReportJson, IsDeterministicButForTheHost)
{
    RunResult r = one_phase_run();
    const std::string first = report_json(r);
    EXPECT_EQ(first, report_json(r));
    r.host = {};
    Json a = Json::parse(first);
    Json b = Json::parse(report_json(r));
    EXPECT_NE(a, b);
    a.erase("host");
    b.erase("host");
    EXPECT_EQ(a, b);
}

TEST(ReportJson, SurvivesAFileNameThatIsNotUtf8)
{
    RunResult r = one_phase_run();
    r.workload_name = "caf\xe9.json";
    EXPECT_NO_THROW(report_json(r));
}

TEST(Report, MarksAnInterruptedRun)
{
    RunResult r = one_phase_run();
    EXPECT_EQ(Json::parse(report_json(r))["complete"], true);
    EXPECT_FALSE(has(report_text(r), "INCOMPLETE"));
    r.complete = false;
    EXPECT_EQ(Json::parse(report_json(r))["complete"], false);
    EXPECT_TRUE(has(report_text(r), "INCOMPLETE"));
}

TEST(ReportText, FitsAHundredColumnsWhateverTheNames)
{
    RunResult r = one_phase_run();
    r.config_name = std::string(150, 'n');
    r.workload_name = "a/rather/long/path/" + std::string(120, 'w') + "/workload.json";
    r.adc.file = std::string(130, 'f');
    auto& e = r.adc.events;
    e.conversions = e.watched = e.polarity_flips = e.over_range = 123456789012345;
    r.cycles_total = std::numeric_limits<std::uint64_t>::max();
    r.latency = {r.cycles_total, r.cycles_total, r.cycles_total, r.cycles_total, 1e19};
    r.layers[0].name =
        "features.4.\xc3\xbc"
        "conv2d_with_a_long_name";
    r.layers[0].mvms = 123456789;
    r.layers[0].calibration.cycles = 123456789012;
    r.top1 = 95.25;
    r.float_top1 = 95.5;
    r.comparison = compare_with_published(r);
    std::istringstream lines(report_text(r));
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 100U) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << "trailing space: " << line;
    }
}

TEST(ReportText, AlwaysSaysWhereTheCurvesComeFrom)
{
    RunResult r = one_phase_run();
    for (const char* kind : {"measured", "synthetic", "ideal"}) {
        r.adc.curves = kind;
        EXPECT_TRUE(has(report_text(r), std::string("transfer curves: ") + kind));
    }
}

TEST(ReportText, ShowsTheFiguresOfTheRun)
{
    const std::string text = report_text(one_phase_run());
    for (const char* part : {"133.0  cycles", "0.986  TOPS", "99.92 %", "13.700 %", "17.3", "2.58",
                             "least_squares", "272,384", "40.50, 5.25"}) {
        EXPECT_TRUE(has(text, part)) << part;
    }
}

TEST(Comparison, SaysThatTheThroughputOf64TilesWasSetToMatch)
{
    const Comparison one = row(one_phase_run(), "peak of 64 tiles, one-phase");
    EXPECT_EQ(one.ours, "63.1 TOPS");
    EXPECT_EQ(one.published, "63.1 TOPS");
    EXPECT_EQ(one.source, "LeGallo23");
    EXPECT_EQ(one.how, "set to match (consistency)");
    EXPECT_EQ(row(one_phase_run(), "time of one MVM").how, "set to match (consistency)");
    RunResult r = one_phase_run();
    r.config.read.mode = config::ReadMode::four_phase;
    r.read_cycles.mean = r.initiation_interval = 521.0;
    EXPECT_EQ(row(r, "peak of 64 tiles, four-phase").ours, "16.1 TOPS");
    EXPECT_EQ(row(r, "one-phase").quantity, "") << "only the mode that ran";
    EXPECT_EQ(row(r, "single core").quantity, "");
}

TEST(Comparison, ClaimsNoMatchWhenTheTimingWasChanged)
{
    RunResult r = one_phase_run();
    r.read_cycles.mean = r.initiation_interval = 140.0;
    EXPECT_EQ(row(r, "peak of 64 tiles").how, "derived");
    EXPECT_EQ(row(r, "peak of 64 tiles").ours, "59.9 TOPS");
    r.config.ldpu.passes = 1;
    EXPECT_EQ(row(r, "LDPU : NMPU").how, "derived");
}

TEST(Comparison, ShowsThatASlowPostUnitMissesThePeak)
{
    RunResult r = one_phase_run();
    r.config.post = config::PostUnit::ldpu;
    r.n_post = 973;
    r.initiation_interval = 973.0;
    EXPECT_EQ(row(r, "peak of 64 tiles").ours, "63.1 TOPS (this run 8.6)");
    EXPECT_EQ(row(r, "LDPU : NMPU").how, "set to match (consistency)");
    EXPECT_EQ(row(r, "LDPU : NMPU").ours, "973 : 7 = 139x");
}

TEST(Comparison, NeverCallsAChoicePublished)
{
    const Comparison nmpu = row(one_phase_run(), "NMPU time per vector");
    EXPECT_EQ(nmpu.ours, "7 cycles");
    EXPECT_EQ(nmpu.published, "not published");
    EXPECT_EQ(nmpu.how, "choice");
}

TEST(Comparison, LeavesOutWhatDoesNotApply)
{
    RunResult r = one_phase_run();
    EXPECT_EQ(row(r, "top-1").quantity, "") << "no labels";
    EXPECT_EQ(row(r, "MVM error").quantity, "")
        << "1.94 % of Khaddam22: of what it is a share is not known";
    r.config.rows = r.config.cols = 4;
    r.config.nmpu.lanes = 1;
    EXPECT_EQ(row(r, "64 tiles").quantity, "") << "another size of array";
    r.top1 = 95.0;
    r.float_top1 = 95.5;
    EXPECT_TRUE(has(row(r, "top-1").quantity, "not comparable: other network"));
}

}  // namespace
}  // namespace aimc::report
