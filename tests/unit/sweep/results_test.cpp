// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/results.h"

#include "aimc/base/error.h"

#include "unit/report/run_fixture.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace aimc::sweep {
namespace {

using Json = nlohmann::json;

/// Three points: cheap and bad, dear and good, dear and bad.
Results three_points()
{
    Results r;
    r.name = "s";
    r.config_name = "tile";
    r.config_sha256 = std::string(64, 'c');
    r.objective = "mvm_rel_l2";
    r.n_points = 4;
    r.swept = {{"nmpu.scale_bits", false, 0}, {"name", false, 1}};
    auto run = report::one_phase_run();
    const auto add = [&](std::size_t index, int bits, double error) {
        run.config.nmpu.scale_bits = bits;
        run.layers[0].error.rel_l2 = error;
        r.rows.push_back({index,
                          std::string(64, 'a'),
                          run.config.post,
                          {std::to_string(bits), "\"say \\\"hi\\\", all\""},
                          report::row_of(run)});
    };
    add(0, 4, 0.25);
    add(2, 8, 0.125);
    add(3, 8, 0.5);
    r.refused.push_back({1, {"5", "null"}, "/nmpu/cut is 5"});
    return r;
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else {
            lines.back() += c;
        }
    }
    lines.pop_back();
    return lines;
}

TEST(SweepResults, ARowIsWhatTheReportSays)
{
    const auto run = report::one_phase_run();
    const Json report = Json::parse(report::report_json(run));
    const auto row = report::row_of(run);
    const auto& columns = report::row_columns();
    ASSERT_EQ(row.size(), columns.size());
    const auto figure = [&](const std::string& name) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (name == columns[i].name) { return row[i]; }
        }
        ADD_FAILURE() << name;
        return 0.0;
    };
    EXPECT_EQ(figure("mvm_rel_l2"), report["accuracy"]["mvm"]["rel_l2"]);
    EXPECT_EQ(figure("enob"), report["accuracy"]["mvm"]["enob"]);
    EXPECT_EQ(figure("post_max_abs_lsb"),
              report["accuracy"]["post"]["nmpu_vs_exact"]["max_abs_lsb"]);
    EXPECT_EQ(figure("saturated"), 2.0);
    EXPECT_EQ(figure("relu_clipped"), 5.0);
    EXPECT_EQ(figure("columns_needing_exponent"), 200.0);
    EXPECT_EQ(figure("tops"), report["throughput"]["tops"]);
    EXPECT_EQ(figure("drain"), 7.0);
    EXPECT_TRUE(std::isnan(figure("top1")));
}

TEST(SweepResults, WhatIsNotFiniteHasNoValue)
{
    auto run = report::one_phase_run();
    run.layers[0].error.rel_l2 = 0.0;  // sqnr is infinite
    run.initiation_interval = 0.0;
    for (const double v : report::row_of(run)) { EXPECT_FALSE(std::isinf(v)); }
}

TEST(SweepResults, FrontsSetErrorAgainstEachCost)
{
    const auto fronts = fronts_of(three_points());
    ASSERT_EQ(fronts.size(), 5U);
    EXPECT_EQ(fronts[0].name, "hardware_bits");
    EXPECT_EQ(fronts[0].rows, (std::vector<std::size_t>{1, 0}));  // by rising error
    EXPECT_EQ(fronts[4].name, "all");
    EXPECT_EQ(fronts[4].columns,
              (std::vector<std::string>{"mvm_rel_l2", "storage_bits", "multiplier_bit_products",
                                        "adder_bits"}));
}

TEST(SweepResults, UnitsHaveFrontsOfTheirOwn)
{
    auto results = three_points();
    results.rows[2].post = config::PostUnit::ldpu;
    const auto fronts = fronts_of(results);
    ASSERT_EQ(fronts.size(), 10U);
    EXPECT_EQ(fronts[5].post, config::PostUnit::ldpu);
    EXPECT_EQ(fronts[5].rows, (std::vector<std::size_t>{2}));  // worse than the others, but alone
    const auto lines = lines_of(results_csv(results));
    EXPECT_EQ(lines[3].substr(lines[3].size() - 10), ",1,1,1,1,1");
    EXPECT_NE(results_text(results).find("LDPU: mvm_rel_l2 against hardware_bits"),
              std::string::npos);
}

TEST(SweepResults, WhatIsToBeLargeCountsTheOtherWay)
{
    auto results = three_points();
    results.objective = "sqnr_db";
    EXPECT_EQ(fronts_of(results)[0].rows, (std::vector<std::size_t>{1, 0}));
    results.objective = "scale_exponent";  // neither is better
    EXPECT_THROW(fronts_of(results), ConfigError);
    EXPECT_THROW(objective_column("error", "s.json"), ConfigError);
}

TEST(SweepResults, Csv)
{
    auto results = three_points();
    const auto lines = lines_of(results_csv(results));
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[0].substr(0, 69),
              "index,config_sha256,nmpu.scale_bits,name,mvm_rel_l2,mvm_rmse_lsb,mvm_");
    const std::string last = ",front_adder_bits,front_all";
    EXPECT_EQ(lines[0].substr(lines[0].size() - last.size()), last);
    const std::string first = "0," + std::string(64, 'a') + ",4,\"say \"\"hi\"\", all\",0.25,";
    EXPECT_EQ(lines[1].substr(0, first.size()), first);
    EXPECT_EQ(lines[1].substr(lines[1].size() - 10), ",1,1,1,1,1");
    EXPECT_EQ(lines[3].substr(lines[3].size() - 10), ",0,0,0,0,0");
    results.complete = false;
    EXPECT_EQ(lines_of(results_csv(results)).back(), "# incomplete");
}

TEST(SweepResults, JsonHasAllThatIsInTheTable)
{
    const auto results = three_points();
    const std::string text = results_json(results);
    const Json json = Json::parse(text);
    EXPECT_EQ(json["format"], "aimc-sweep-results/1");
    EXPECT_EQ(json["complete"], true);
    EXPECT_EQ(json["n_points"], 4);
    EXPECT_EQ(json["n_refused"], 1);
    ASSERT_EQ(json["rows"].size(), 3U);
    const auto& columns = json["columns"];
    for (const auto& row : json["rows"]) { EXPECT_EQ(row.size(), columns.size()); }
    EXPECT_EQ(columns[2]["name"], "nmpu.scale_bits");
    EXPECT_EQ(columns[2]["kind"], "swept");
    EXPECT_EQ(columns[4]["better"], "lower");
    EXPECT_EQ(json["rows"][1][0], 2);
    EXPECT_EQ(json["rows"][1][3], "say \"hi\", all");
    for (std::size_t i = 0; i < report::row_columns().size(); ++i) {
        const double value = results.rows[1].figures[i];
        const auto& given = json["rows"][1][4 + i];
        if (std::isnan(value)) {
            EXPECT_TRUE(given.is_null());
        } else {
            EXPECT_EQ(given.get<double>(), value);
        }
    }
    EXPECT_EQ(json["refused"][0]["values"]["nmpu.scale_bits"], 5);
    EXPECT_EQ(json["refused"][0]["why"], "/nmpu/cut is 5");
    EXPECT_EQ(json["fronts"][0]["points"], (Json{2, 0}));
}

TEST(SweepResults, AnEmptySweepIsAResult)
{
    auto results = three_points();
    results.rows.clear();
    results.refused.clear();
    results.complete = false;
    const Json json = Json::parse(results_json(results));
    EXPECT_EQ(json["rows"].size(), 0U);
    EXPECT_EQ(json["fronts"].size(), 0U);
    EXPECT_EQ(lines_of(results_csv(results)).size(), 2U);
    EXPECT_NE(results_text(results).find("0 of 4 points"), std::string::npos);
}

TEST(SweepResults, TextFitsAPage)
{
    auto results = three_points();
    results.rows[0].values[1] = '"' + std::string(200, 'x') + '"';
    for (const auto& line : lines_of(results_text(results))) { EXPECT_LE(line.size(), 100U); }
    EXPECT_NE(results_text(results).find("3 of 4 points, 1 refused"), std::string::npos);
}

}  // namespace
}  // namespace aimc::sweep
