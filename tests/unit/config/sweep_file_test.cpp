// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/sweep_file.h"

#include "input_files.h"

namespace aimc::config {
namespace {

class SweepFiles : public testing::InputFiles {
protected:
    SweepFile load(const std::string& body, const std::vector<std::string>& sets = {}) const
    {
        return load_sweep(
            put("s.json", R"({"format": "aimc-sweep/1", "config": "c.json")" + body + "}"), sets);
    }
    /// What is said of a wrong sweep.
    std::string refusal(const std::string& body, const std::vector<std::string>& sets = {}) const
    {
        try {
            load(body, sets);
        } catch (const ConfigError& error) {
            EXPECT_EQ(error.code(), ExitCode::bad_config);
            return error.what();
        }
        return "accepted";
    }
    void expect_refusal(const std::string& body, const std::vector<std::string>& parts) const
    {
        const std::string what = refusal(body);
        for (const auto& part : parts) {
            EXPECT_NE(what.find(part), std::string::npos) << part << " is not in: " << what;
        }
    }
};

const std::string one_axis = R"(, "axes": [{"key": "nmpu.cut", "values": [1, 2, 3]}])";

TEST_F(SweepFiles, AreRead)
{
    const auto s = load(R"(, "name": "n", // a comment
        "set": {"nmpu.scale_exponent": "calibrate", "read.n_window": 128.0},
        "axes": [{"name": "whole", "values": [0, 1]},
                 {"key": "nmpu.scale_fraction", "values": [4, 5, 6]},
                 {"keys": {"nmpu.lanes": [1, 2], "post": ["nmpu", "ldpu"]}}],
        "derive": {"nmpu.scale_bits": "whole + nmpu.scale_fraction",
                   "nmpu.cut": "nmpu.scale_fraction - 2-whole"},
        "points": [{"nmpu.cut": 3, "whole": 1}], "invalid": "skip", "objective": "post_rel_l2")");
    EXPECT_EQ(s.name, "n");
    EXPECT_EQ(s.config, path("c.json"));
    EXPECT_EQ(s.set, (std::vector<SweepValue>{{"nmpu.scale_exponent", "\"calibrate\""},
                                              {"read.n_window", "128"}}));
    ASSERT_EQ(s.axes.size(), 3U);
    EXPECT_TRUE(s.axes[0].is_free);
    EXPECT_FALSE(s.axes[1].is_free);
    EXPECT_EQ(s.axes[2].names, (std::vector<std::string>{"nmpu.lanes", "post"}));
    EXPECT_EQ(s.axes[2].steps[1], (std::vector<std::string>{"2", "\"ldpu\""}));
    EXPECT_EQ(s.grid_points(), 12U);
    EXPECT_EQ(s.n_points(), 13U);
    ASSERT_EQ(s.derive.size(), 2U);
    ASSERT_EQ(s.derive[0].terms.size(), 3U);  // nmpu.cut
    EXPECT_EQ(s.derive[0].terms[1].sign, -1);
    EXPECT_EQ(s.derive[0].terms[1].constant, 2);
    EXPECT_EQ(s.derive[0].terms[2].name, "whole");
    EXPECT_TRUE(s.skip_invalid);
    EXPECT_EQ(s.objective, "post_rel_l2");
}

TEST_F(SweepFiles, HaveDefaults)
{
    const auto s = load(one_axis);
    EXPECT_EQ(s.name, "s");
    EXPECT_FALSE(s.skip_invalid);
    EXPECT_EQ(s.objective, "mvm_rel_l2");
    EXPECT_EQ(s.n_points(), 3U);
}

TEST_F(SweepFiles, TakeMoreFromTheCommandLine)
{
    const auto s = load(one_axis + R"(, "set": {"nmpu.lanes": 4})", {"nmpu.lanes=8", "post=ldpu"});
    EXPECT_EQ(s.set, (std::vector<SweepValue>{{"nmpu.lanes", "8"}, {"post", "\"ldpu\""}}));
    EXPECT_NE(refusal(one_axis, {"nmpu.cut=1"}).find("given by /set"), std::string::npos);
    EXPECT_NE(refusal(one_axis, {"nmpu.lane=1"}).find("did you mean"), std::string::npos);
    EXPECT_NE(refusal(one_axis, {"nmpu.lanes"}).find("path.to.key=value"), std::string::npos);
    EXPECT_NE(refusal(one_axis, {"nmpu.lanes=x"}).find("--set nmpu.lanes is \"x\""),
              std::string::npos);
}

TEST_F(SweepFiles, AllMistakesAreSaidAtOnce)
{
    expect_refusal(R"(, "axes": [{"key": "nmpu.cuts", "values": [1]},
                              {"key": "nmpu.lanes", "values": [0, 64]}, {"values": []}],
                   "derive": {"nmpu.cut": "a ++ b"}, "invalid": "ignore", "other": 1)",
                   {"/axes/0/key is \"nmpu.cuts\", which is not a known key, did you mean \"nmpu.cut\"?",
                    "/axes/1/values/0 is 0, must be a whole number 1 to 1024",
                    "/axes/2 needs a key", "/derive/nmpu.cut has two signs in a row at 3",
                    "/invalid is \"ignore\"", "/other is not a known key"});
}

TEST_F(SweepFiles, RefuseWhatIsGivenTwice)
{
    expect_refusal(one_axis + R"(, "set": {"nmpu.cut": 1})", {"given by /set, too"});
    expect_refusal(one_axis + R"(, "derive": {"nmpu.cut": "1"})", {"given by /axes/0, too"});
    expect_refusal(R"(, "axes": [{"key": "nmpu.cut", "values": [1, 2, 1.0]}])", {"a value twice"});
    expect_refusal(R"(, "axes": [{"key": "nmpu.cut", "values": [1]},
                                 {"keys": {"nmpu.cut": [2]}}])",
                   {"nmpu.cut is given by /axes/0, too"});
}

TEST_F(SweepFiles, RefuseAxesThatMakeNoSense)
{
    const auto axis = [](const std::string& text) { return R"(, "axes": [)" + text + "]"; };
    expect_refusal(axis(R"({"name": "a", "key": "nmpu.cut", "values": [1]})"), {"key and name"});
    expect_refusal(axis(R"({"name": "nmpu.cut", "values": [1]})"), {"that is no key"});
    expect_refusal(axis(R"({"name": "free", "values": [1]})"), {"free is used by no formula"});
    expect_refusal(axis(R"({"name": "a", "values": [1.5]})"), {"/axes/0/values/0 is 1.5"});
    expect_refusal(axis(R"({"key": "nmpu.cut", "values": []})"), {"at least one value"});
    expect_refusal(axis(R"({"key": "nmpu.cut", "values": 3})"), {"/axes/0/values is 3"});
    expect_refusal(axis(R"({"keys": {"nmpu.cut": [1, 2], "nmpu.lanes": [1]}})"),
                   {"nmpu.lanes has 1 values, but nmpu.cut has 2"});
    expect_refusal(axis(R"({"keys": {"nmpu.cut": [1]}, "key": "post"})"), {"neither key nor"});
    expect_refusal(axis("7"), {"/axes/0 is 7, must be an object"});
    expect_refusal(R"(, "axes": [])", {"/axes is []"});
    expect_refusal("", {"neither axes nor points"});
}

TEST_F(SweepFiles, RefuseFormulasThatAreNone)
{
    const auto formula = [&](const std::string& text) {
        return one_axis + R"(, "derive": {"nmpu.round_bits": ")" + text + "\"}";
    };
    EXPECT_EQ(refusal(formula("nmpu.cut - 1 + 1")), "accepted");
    EXPECT_EQ(refusal(formula("-nmpu.cut+3")), "accepted");
    expect_refusal(formula("nmpu.cut * 2"), {"is not understood from place 9 on"});
    expect_refusal(formula("nmpu.cut nmpu.cut"), {"from place 9 on"});
    expect_refusal(formula("nmpu.cut -"), {"ends where"});
    expect_refusal(formula(""), {"ends where"});
    expect_refusal(formula("1.5"), {"from place 0 on"});
    expect_refusal(formula("99999999999"), {"from place 0 on"});
    expect_refusal(formula("cut"), {"cut is neither a free axis nor a key of whole numbers"});
    expect_refusal(formula("adc.sigma_lsb"), {"neither a free axis nor a key of whole"});
    expect_refusal(formula("nmpu.round_bits"), {"nmpu.round_bits is derived itself"});
    expect_refusal(one_axis + R"(, "derive": {"post": "1"})", {"not a key of whole numbers"});
    expect_refusal(one_axis + R"(, "derive": {"nmpu.lanes": 7})", {"must be a formula"});
}

TEST_F(SweepFiles, RefuseListsThatMakeNoSense)
{
    expect_refusal(R"(, "points": [{"nmpu.cut": 1}, {"nmpu.cat": 1}, [], {"nmpu.cut": "x"}])",
                   {"/points/1/nmpu.cat is not a known key", "/points/2 is []",
                    "/points/3/nmpu.cut is \"x\""});
}

TEST_F(SweepFiles, HaveALimit)
{
    std::string values;
    for (int i = 0; i < 1001; ++i) { values += (i == 0 ? "" : ",") + std::to_string(i); }
    expect_refusal(R"(, "axes": [{"key": "seed.read", "values": [)" + values +
                       R"(]}, {"key": "seed.device", "values": [)" + values + "]}]",
                   {"has more than 1000000 points"});
}

TEST_F(SweepFiles, RefuseWhatIsNoSweep)
{
    for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{
             {"", "is empty"},
             {"[]", "is [], must be an object"},
             {"{", "line 1, column 2"},
             {R"({"format": "aimc-config/1"})", "must be \"aimc-sweep/1\""},
             {"{\"format\": \"aimc-sweep/1\", \"format\": 1}", "given twice"},
             {std::string("\0x", 2), "byte 1 is zero"}}) {
        try {
            load_sweep(put("bad.json", text));
            ADD_FAILURE() << text << " was accepted";
        } catch (const ConfigError& error) {
            EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
        }
    }
    EXPECT_THROW(load_sweep(path("none.json")), ConfigError);
}

TEST_F(SweepFiles, AValueIsNamedByItsKey)
{
    TileConfig config;
    config.adc.curve_file = "somewhere/c.csv";
    EXPECT_EQ(key_text(config, "nmpu.cut"), "5");
    EXPECT_EQ(key_text(config, "nmpu.round_mode"), "\"SC_RND_CONV\"");
    EXPECT_EQ(key_text(config, "adc.curve_file"), "\"c.csv\"");
    EXPECT_EQ(key_text(config, "none"), "null");
}

}  // namespace
}  // namespace aimc::config
