// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/curve_file.h"

#include "input_files.h"

namespace aimc::config {
namespace {

constexpr const char* header = "column,polarity,input,code\n";
constexpr const char* two_columns =
    "column,polarity,input,code\n0,pos,0,0\n0,pos,10,40\n0,neg,0,1\n0,neg,10,41\n"
    "1,both,10,44\n1,both,0,2\n";

class AdcCurves : public testing::InputFiles {
protected:
    static std::string description(const std::string& csv)
    {
        return R"({"format": "aimc-adc-curves/1", "kind": "measured", "chip": "a chip",
"input_unit": "V", "full_scale": 2.5, "full_scale_current_uA": 94.0, "code_bits": 9,
"t_window_ns": 128, "temperature_C": 25, "date": "2026-11-22", "source": "a bench",
"licence": "CC0-1.0", "sha256": ")" +
               sha256_hex(csv) + "\"}";
    }
    static std::string replaced(std::string text, const std::string& from, const std::string& to)
    {
        return text.replace(text.find(from), from.size(), to);
    }
    CurveFile load(const std::string& csv, const std::string& json,
                   NonMonotone policy = NonMonotone::reject) const
    {
        put("c.json", json);
        return load_curve_file(put("c.csv", csv), policy);
    }
    CurveFile load(const std::string& csv, NonMonotone policy = NonMonotone::reject) const
    {
        return load(csv, description(csv), policy);
    }
};

std::vector<double> codes(const std::vector<CurvePoint>& curve)
{
    std::vector<double> out;
    for (const auto& p : curve) { out.push_back(p.code); }
    return out;
}

TEST_F(AdcCurves, AreReadInAnyOrder)
{
    const CurveFile f = load(two_columns);
    EXPECT_EQ(f.name, path("c.csv"));
    EXPECT_TRUE(f.measured);
    EXPECT_EQ(f.chip, "a chip");
    EXPECT_EQ(f.input_unit, "V");
    EXPECT_EQ(f.full_scale, 2.5);
    EXPECT_EQ(f.full_scale_current_uA, 94.0);
    EXPECT_EQ(f.code_bits, 9);
    EXPECT_EQ(f.t_window_ns, 128.0);
    EXPECT_EQ(f.source, "a bench");
    EXPECT_EQ(f.licence, "CC0-1.0");
    EXPECT_EQ(f.isotonic_columns, 0U);
    ASSERT_EQ(f.columns.size(), 2U);
    EXPECT_EQ(f.columns[0].pos[1].input, 10.0);
    EXPECT_EQ(codes(f.columns[0].pos), (std::vector<double>{0, 40}));
    EXPECT_EQ(codes(f.columns[0].neg), (std::vector<double>{1, 41}));
    EXPECT_EQ(codes(f.columns[1].pos), (std::vector<double>{2, 44})) << "sorted by input";
    EXPECT_EQ(codes(f.columns[1].neg), codes(f.columns[1].pos)) << "both";
}

TEST_F(AdcCurves, AllowCommentsBlankLinesAndCrLf)
{
    const CurveFile f = load(
        "# a comment\r\n\r\ncolumn,polarity,input,code\r\n# more\r\n0,both,0,0\r\n"
        "  \t\r\n0,both,2.5e-1,511");  // no line end at the end
    ASSERT_EQ(f.columns.size(), 1U);
    EXPECT_EQ(f.columns[0].neg[1].input, 0.25);
    EXPECT_EQ(f.columns[0].neg[1].code, 511.0);
}

TEST_F(AdcCurves, AllowOptionalKeysAndAnUnknownTemperature)
{
    auto json =
        replaced(description(two_columns), "\"temperature_C\": 25", "\"temperature_C\": null");
    json = replaced(json, "\"kind\": \"measured\"",
                    R"("kind": "synthetic", "monotone": false, "notes": "a note")");
    EXPECT_FALSE(load(two_columns, json).measured);
}

TEST_F(AdcCurves, ReadTheShippedFile)
{
    const auto root = std::filesystem::path(AIMC_SOURCE_DIR);
    const std::string name = (root / "configs/curves/hermes_like_256.csv").string();
    const CurveFile f = load_curve_file(name, NonMonotone::reject);
    EXPECT_EQ(f.columns.size(), 256U);
    EXPECT_FALSE(f.measured);
}

TEST_F(AdcCurves, IsotonicIsTheLeastSquaresNonDecreasingFit)
{
    // 5 3 | 4 -> mean 4 of three (5 3 4);  9 8 7 -> 8;  10 stays
    const std::string csv = std::string(header) +
                            "0,pos,0,5\n0,pos,1,3\n0,pos,2,4\n0,pos,3,9\n0,pos,4,8\n0,pos,5,7\n"
                            "0,pos,6,10\n0,neg,0,2\n0,neg,1,1\n0,neg,2,1\n0,neg,3,1\n";
    const CurveFile f = load(csv, NonMonotone::isotonic);
    EXPECT_EQ(codes(f.columns[0].pos), (std::vector<double>{4, 4, 4, 8, 8, 8, 10}));
    // 2 1 -> 1.5 1.5;  then 1 -> 4/3;  then 1 -> 5/4
    EXPECT_EQ(codes(f.columns[0].neg), (std::vector<double>{1.25, 1.25, 1.25, 1.25}));
    EXPECT_EQ(f.isotonic_columns, 2U);
    EXPECT_EQ(load(two_columns, NonMonotone::isotonic).isotonic_columns, 0U);
}

TEST_F(AdcCurves, IsotonicPoolsBackwards)
{
    // 1 | 6 then 4 -> 5 5; then 2 -> (6+4+2)/3 = 4; then 0 -> 12/4 = 3; 1 stays, 1 < 3
    const std::string csv =
        std::string(header) +
        "0,both,0,1\n0,both,1,6\n0,both,2,4\n0,both,3,2\n0,both,4,0\n0,both,5,3\n";
    const CurveFile f = load(csv, NonMonotone::isotonic);
    EXPECT_EQ(codes(f.columns[0].pos), (std::vector<double>{1, 3, 3, 3, 3, 3}));
    EXPECT_EQ(f.isotonic_columns, 1U) << "one recorded curve, used for both polarities";
}

TEST_F(AdcCurves, RefuseBrokenTables)
{
    struct Case {
        const char* what;
        std::string rows;  ///< behind the header
        std::vector<std::string> parts;
    };
    const std::string good = "0,both,0,0\n0,both,1,5\n";
    const std::vector<Case> cases{
        {"no rows", "", {"has no points"}},
        {"three fields", good + "0,pos,1\n", {"line 4, column 1", "has 3 fields, must have 4"}},
        {"five fields", good + "0,pos,1,2,3\n", {"line 4, column 1", "has 5 fields"}},
        {"column", "a,pos,0,0\n", {"line 2, column 1 column is 'a'"}},
        {"negative column", "-1,pos,0,0\n", {"line 2, column 1", "'-1'"}},
        {"fraction of a column", "0.5,pos,0,0\n", {"line 2, column 1", "'0.5'"}},
        {"polarity",
         "0,plus,0,0\n",
         {"line 2, column 3 polarity is 'plus', must be pos, neg or both"}},
        {"space", "0, pos,0,0\n", {"line 2, column 3", "' pos'"}},
        {"input", "0,pos,x,0\n", {"line 2, column 7 input is 'x'"}},
        {"negative input", "0,both,-1,0\n", {"line 2, column 8 input is '-1'", "at least 0"}},
        {"NaN input", "0,pos,nan,0\n", {"line 2, column 7", "finite"}},
        {"infinite input", "0,pos,inf,0\n", {"line 2, column 7", "finite"}},
        {"huge input", "0,pos,1e999,0\n", {"line 2, column 7"}},
        {"more than 1 A", "0,pos,1e6,0\n", {"line 2, column 7 input is '1e6', must be at most 2"}},
        {"decimal comma", "0,pos,1,5,3\n", {"has 5 fields"}},
        {"unit", "0,pos,1uA,3\n", {"line 2, column 7", "'1uA'"}},
        {"empty code", "0,pos,1,\n", {"line 2, column 9 code is ''"}},
        {"NaN code", "0,pos,1,NaN\n", {"line 2, column 9", "whole number 0 to 511"}},
        {"code too high", "0,pos,1,512\n", {"code is '512', must be a whole number 0 to 511"}},
        {"negative code", "0,pos,1,-1\n", {"code is '-1'"}},
        {"fraction of a code", "0,pos,1,3.5\n", {"code is '3.5'"}},
        {"repeated", good + "0,both,1.0,7\n", {"line 4 repeats line 3: column 0, both, input 1"}},
        {"minus zero repeats zero", good + "0,both,-0,7\n", {"line 4 repeats line 2"}},
        {"one point",
         "0,pos,0,0\n0,neg,0,0\n0,neg,1,1\n",
         {"line 2 column 0 pos has one point, must have at least two"}},
        {"no neg", "0,pos,0,0\n0,pos,1,1\n", {"has no neg curve for column 0"}},
        {"both and pos",
         good + "0,pos,0,0\n0,pos,1,1\n",
         {"line 4 column 0 has pos points beside 'both' (line 2)"}},
        {"gap", good + "2,both,0,0\n2,both,1,1\n", {"has no column 1, but a column 2"}},
        {"column far away",
         good + "4294967295,both,0,0\n4294967295,both,1,1\n",
         {"has no column 1, but a column 4294967295"}},
        {"falls",
         "0,both,2,4\n0,both,1,5\n",
         {"line 2 column 0 both falls from code 5 (line 3) to 4", "isotonic"}},
        {"lone CR", "0,both,0,0\r0,both,1,1\n", {"line 2", "has 7 fields"}},
    };
    for (const auto& c : cases) {
        auto parts = c.parts;
        parts.push_back(path("c.csv"));
        testing::expect_input_error(c.what, parts, [&] { load(header + c.rows); });
    }
    testing::expect_input_error("empty", {"c.csv", "has no header"}, [&] { load(""); });
    testing::expect_input_error("header", {"line 2, column 1", "must be the header"},
                                [&] { load("# x\ncolumn,input,polarity,code\n0,1,pos,2\n"); });
    testing::expect_input_error("mark", {"byte-order mark"},
                                [&] { load("\xef\xbb\xbf" + std::string(two_columns)); });
}

TEST_F(AdcCurves, SurviveEveryChangedByte)
{
    const std::string good = two_columns;
    for (std::size_t n = 0; n < good.size(); ++n) {
        for (const int flip : {1, 2, 4, 16, 128}) {
            std::string changed = good;
            changed[n] = static_cast<char>(changed[n] ^ flip);
            for (const auto policy : {NonMonotone::reject, NonMonotone::isotonic}) {
                try {
                    EXPECT_GE(load(changed, policy).columns.size(), 1U);
                } catch (const InputError&) {
                }
            }
        }
    }
}

TEST_F(AdcCurves, StopAfterTwentyProblems)
{
    std::string csv = header;
    for (int i = 0; i < 1000; ++i) { csv += "x,y,z,w\n"; }
    try {
        load(csv);
        ADD_FAILURE() << "was accepted";
    } catch (const InputError& error) {
        EXPECT_EQ(error.problems().size(), 21U);
        EXPECT_EQ(error.problems()[19].where, "line 6, column 7");
        EXPECT_EQ(error.problems()[20].message, "is not checked further after 20 problems");
    }
}

TEST_F(AdcCurves, RefuseBrokenDescriptions)
{
    const std::string good = description(two_columns);
    const auto check = [&](const std::string& from, const std::string& to,
                           std::vector<std::string> parts) {
        parts.push_back(path("c.json"));
        testing::expect_input_error(to, parts,
                                    [&] { load(two_columns, replaced(good, from, to)); });
    };
    check("aimc-adc-curves/1", "aimc-adc-curves/2", {"/format is \"aimc-adc-curves/2\""});
    check("\"measured\"", "\"mesured\"", {"/kind", "did you mean \"measured\"?"});
    check("\"chip\"", "\"chips\"", {"/chip is missing", "/chips is not a known key"});
    check("2.5", "0", {"/full_scale is 0, must be a number 1e-12 to 1"});
    check("94.0", "-94.0", {"/full_scale_current_uA is -94.0"});
    check("94.0", "2e6", {"/full_scale_current_uA is 2000000.0", "0.001 to 1000000"});
    check("2.5", "1e-310", {"/full_scale is 1e-310"});
    check("\"code_bits\": 9", "\"code_bits\": 17", {"/code_bits is 17", "1 to 16"});
    check("\"code_bits\": 9", "\"code_bits\": 9.5", {"/code_bits is 9.5"});
    check("\"t_window_ns\": 128", "\"t_window_ns\": \"128\"", {"/t_window_ns is \"128\""});
    check("\"temperature_C\": 25", "\"temperature_C\": \"warm\"", {"/temperature_C is \"warm\""});
    check("\"temperature_C\": 25, ", "", {"/temperature_C is missing"});
    check("\"a bench\"", "\"\"", {"/source is \"\""});
    check("\"chip\"", "\"monotone\": 1, \"chip\"", {"/monotone is 1, must be true or false"});
    check("\"chip\"", "\"date\": \"x\", \"chip\"", {"/date is given twice"});
    check("\"chip\"", "\"chip\" x", {"line 1, column 60", "is not JSON"});
    check("\"sha256\": \"", "\"sha256\": \"A", {"/sha256 must be 64 lower-case hex digits"});
}

TEST_F(AdcCurves, RefuseATableThatItsDescriptionDoesNotMean)
{
    const std::string edited = std::string(two_columns) + "1,both,20,45\n";
    testing::expect_input_error("edited",
                                {"c.csv", "c.json", sha256_hex(edited), sha256_hex(two_columns)},
                                [&] { load(edited, description(two_columns)); });
}

TEST_F(AdcCurves, HoldOnePointPerCodeOfTheWidestConverter)
{
    std::string csv = header;
    for (int i = 0; i < 65536; ++i) { csv += "0,both," + std::to_string(i) + "e-3,7\n"; }
    EXPECT_EQ(load(csv).columns[0].pos.size(), 65536U);
    csv += "0,both,66,7\n0,both,67,7\n";
    testing::expect_input_error("many",
                                {"line 65538 column 0 both has more than 65536 points; thin it"},
                                [&] { load(csv); });
}

TEST_F(AdcCurves, LeaveUnreadWhatIsTooLargeOrHasNoEnd)
{
    put("c.json", description(two_columns));
    const std::string csv = put("c.csv", two_columns);
    std::filesystem::resize_file(csv, std::uintmax_t{1} << 30U);  // sparse
    testing::expect_input_error("1 GB", {csv, "has 1073741824 bytes, must have at most 67108864"},
                                [&] { load_curve_file(csv, NonMonotone::reject); });
    testing::expect_input_error("device", {"is a device or pipe"},
                                [&] { load_curve_file("/dev/zero", NonMonotone::reject); });
    put("c.csv", two_columns);
    std::filesystem::resize_file(path("c.json"), std::uintmax_t{1} << 21U);
    testing::expect_input_error("json", {path("c.json"), "must have at most 1048576"},
                                [&] { load_curve_file(csv, NonMonotone::reject); });
}

TEST_F(AdcCurves, NameTheMissingFile)
{
    const std::string csv = put("lonely.csv", two_columns);
    testing::expect_input_error("json", {csv, path("lonely.json"), "missing"},
                                [&] { load_curve_file(csv, NonMonotone::reject); });
    testing::expect_input_error("csv", {path("none.csv"), "No such file"},
                                [&] { load_curve_file(path("none.csv"), NonMonotone::reject); });
    put("c.json", description(two_columns));
    testing::expect_input_error("json given", {"give the .csv"},
                                [&] { load_curve_file(path("c.json"), NonMonotone::reject); });
}

}  // namespace
}  // namespace aimc::config
