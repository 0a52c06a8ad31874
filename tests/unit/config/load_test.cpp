// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/load.h"

#include "input_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace aimc::config {
namespace {

const std::string minimal = R"({"format": "aimc-config/1"})";

/// The message of the ConfigError that loading must throw.
std::string refusal(const std::string& path, const std::vector<std::string>& sets = {})
{
    try {
        load_config(path, sets);
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.code(), ExitCode::bad_config);
        return error.what();
    }
    return "it was accepted";
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

class Load : public testing::InputFiles {};

TEST(ParseConfig, DefaultsAreThoseOfTheStruct)
{
    const LoadedConfig loaded = parse_config(minimal, "some/folder/my.tile.json");
    EXPECT_EQ(loaded.tile.name, "my.tile");
    EXPECT_EQ(loaded.tile.rows, 256U);
    EXPECT_EQ(loaded.tile.adc.count_bits, 12);
    EXPECT_FALSE(loaded.tile.device.g_max_uS.has_value());
    EXPECT_EQ(loaded.tile.nmpu.scale_exponent, 0);
    EXPECT_EQ(loaded.path, "some/folder/my.tile.json");
}

TEST(ParseConfig, TakesNamesFromOddPaths)
{
    EXPECT_EQ(parse_config(minimal, "/dev/stdin").tile.name, "stdin");
    EXPECT_EQ(parse_config(minimal, "").tile.name, "config");
    EXPECT_EQ(parse_config(minimal, "..").tile.name, "config");
    EXPECT_EQ(parse_config(minimal, "a\nb.json").tile.name, "a_b");
}

TEST(ParseConfig, AllowsCommentsAndAByteOrderMark)
{
    const auto loaded = parse_config(
        "\xef\xbb\xbf// line\r\n{/* block */ \"format\": \"aimc-config/1\", // end\n"
        "\"tile\": {\"rows\": 8.0}}\n",
        "a.json");
    EXPECT_EQ(loaded.tile.rows, 8U);  // 8.0 is whole, as in JSON Schema
}

TEST(ParseConfig, ReadsNullAndAlternativeWords)
{
    const auto tile = parse_config(R"({"format": "aimc-config/1",
        "adc": {"full_scale_uA": null, "current_ratio": "calibrate"},
        "nmpu": {"scale_exponent": "calibrate", "relu_clip": null, "overflow": "SC_WRAP"},
        "read": {"n_overhead": 7}, "chip": null})",
                                   "a.json")
                          .tile;
    EXPECT_FALSE(tile.adc.full_scale_uA.has_value());
    EXPECT_FALSE(tile.adc.current_ratio.has_value());
    EXPECT_FALSE(tile.nmpu.scale_exponent.has_value());
    EXPECT_FALSE(tile.nmpu.relu_clip.has_value());
    EXPECT_EQ(tile.nmpu.overflow, OverflowMode::wrap);
    EXPECT_EQ(tile.read.n_overhead, 7);
    EXPECT_TRUE(tile.chip.empty());
}

TEST(ParseConfig, SetsWinInOrder)
{
    const std::vector<std::string> sets{"adc.count_bits=10",
                                        "name=12",
                                        "adc.curves=parametric",
                                        "adc.parametric.gain_sd=0.5",
                                        "adc.count_bits=11",
                                        "nmpu.scale_exponent=\"calibrate\"",
                                        "chip=a=b.json",
                                        "workload.weights=w.npy",
                                        "seed.read=9223372036854775807"};
    const auto loaded = parse_config(minimal, "folder/a.json", sets);
    EXPECT_EQ(loaded.tile.adc.count_bits, 11);
    EXPECT_EQ(loaded.tile.name, "12");
    EXPECT_EQ(loaded.tile.adc.curves, CurveSource::parametric);
    EXPECT_EQ(loaded.tile.adc.parametric.gain_sd, 0.5);
    EXPECT_FALSE(loaded.tile.nmpu.scale_exponent.has_value());
    EXPECT_EQ(loaded.tile.chip, "folder/a=b.json");  // relative to the configuration
    EXPECT_EQ(loaded.tile.workload.weights, "folder/w.npy");
    EXPECT_EQ(loaded.tile.seed.read, 9223372036854775807U);
    EXPECT_EQ(loaded.sets, sets);
}

TEST(ParseConfig, ASetOfASectionReplacesIt)
{
    const auto tile = parse_config(R"({"format": "aimc-config/1", "adc": {"count_bits": 9}})",
                                   "a.json", {R"(adc={"sigma_lsb": 2})"})
                          .tile;
    EXPECT_EQ(tile.adc.count_bits, 12);
    EXPECT_EQ(tile.adc.sigma_lsb, 2.0);
}

TEST(ParseConfig, HashDependsOnValuesOnly)
{
    const std::string hash = parse_config(minimal, "x/a.json").sha256;
    EXPECT_EQ(hash.size(), 64U);
    EXPECT_EQ(parse_config("// note\n" + minimal, "y/a.json").sha256, hash);
    EXPECT_EQ(parse_config(minimal, "a.json", {"adc.sigma_lsb=-0.0"}).sha256, hash);
    EXPECT_EQ(parse_config(minimal, "a.json", {"tile.rows=256"}).sha256, hash);
    EXPECT_NE(parse_config(minimal, "a.json", {"tile.rows=255"}).sha256, hash);
    const std::string with_file = R"({"format": "aimc-config/1", "chip": "../c.json"})";
    EXPECT_EQ(parse_config(with_file, "x/a.json").sha256,
              parse_config(with_file, "/y/a.json").sha256);
}

TEST(ParseConfig, EffectiveJsonRunsFromAnyFolder)
{
    const auto first = parse_config(R"({"format": "aimc-config/1", "read": {"mode": "four_phase"},
        "adc": {"curves": "file", "curve_file": "../curves/c.csv"}, "seed": {"read": 5},
        "workload": {"file": "w/workload.json", "inputs": "x.npy"}})",
                                    "configs/tile/a.json");
    const std::string here = std::filesystem::current_path().string();
    EXPECT_EQ(first.tile.adc.curve_file, "configs/tile/../curves/c.csv");
    EXPECT_TRUE(has(first.effective_json, "\"" + here + "/configs/curves/c.csv\""));
    const auto again = parse_config(first.effective_json, "/elsewhere/b.json");
    EXPECT_EQ(again.effective_json, first.effective_json);
    EXPECT_EQ(again.tile.name, "a");
    EXPECT_EQ(again.tile.seed.read, 5U);
    EXPECT_EQ(again.tile.workload.file, here + "/configs/tile/w/workload.json");
}

TEST(ParseConfig, ExplainsWithoutLendingAuthority)
{
    const auto loaded =
        parse_config(R"({"format": "aimc-config/1", "tile": {"rows": 256, "cols": 99},
        "adc": {"curves": "file", "curve_file": "curves.csv"}})",
                     "a.json");
    const auto line = [&](const std::string& key) {
        const auto from = loaded.explained.find("\n" + key + " ") + 1;
        return loaded.explained.substr(from, loaded.explained.find('\n', from) - from);
    };
    EXPECT_TRUE(has(line("tile.rows"), "given    Source")) << line("tile.rows");
    EXPECT_TRUE(has(line("tile.cols"), "given    -")) << line("tile.cols");
    EXPECT_TRUE(has(line("read.n_window"), "cycles   default  Source"));
    EXPECT_TRUE(has(line("read.n_overhead"), "null (3)"));
    // 25 uS of the ideal device is ours, although the default null stands for a published number
    // with the hermes device.
    EXPECT_TRUE(has(line("device.g_max_uS"), "null (25)"));
    EXPECT_TRUE(has(line("device.g_max_uS"), "default  Choice"));
    EXPECT_TRUE(has(line("adc.curve_file"), "\"curves.csv\""));
    for (std::size_t from = 0; from < loaded.explained.size();) {
        const auto to = loaded.explained.find('\n', from);
        EXPECT_LE(to - from, 100U) << loaded.explained.substr(from, to - from);
        from = to + 1;
    }
}

TEST_F(Load, ReadsSectionsFromFiles)
{
    put("parts/adc.json", R"({"curves": "file", "curve_file": "c.csv" /* beside this file */})");
    const auto loaded =
        load_config(put("a.json", R"({"format": "aimc-config/1", "adc": "parts/adc.json"})"),
                    {"adc.count_bits=9"});
    EXPECT_EQ(loaded.tile.adc.curves, CurveSource::file);
    EXPECT_EQ(loaded.tile.adc.curve_file, path("parts/c.csv"));
    EXPECT_EQ(loaded.tile.adc.count_bits, 9);
    // A file named by --set belongs to the configuration, whoever named the section.
    EXPECT_EQ(load_config(path("a.json"), {"adc.curve_file=d.csv"}).tile.adc.curve_file,
              path("d.csv"));
    put("other.json", R"({"count_bits": 5})");
    EXPECT_EQ(load_config(path("a.json"), {"adc=other.json"}).tile.adc.count_bits, 5);
}

TEST_F(Load, NamesBothFilesWhenASectionFileIsWrong)
{
    put("syntax.json", "{\n  \"mode\": }");
    put("list.json", "[]");
    put("workload.json", R"({"format": "aimc-workload/1"})");
    put("wrong.json", R"({"count_bits": 40, "count_bit": 1, "curves": "file"})");
    put("twice.json", R"({"lanes": 1, "lanes": 2})");
    put("empty.json", "");
    const std::string message = refusal(put("a.json", R"({"format": "aimc-config/1",
        "read": "syntax.json", "seed": "list.json", "workload": "workload.json", "adc": "wrong.json",
        "ldpu": "twice.json", "device": "missing.json", "crossbar": "empty.json", "nmpu": "",
        "calibration": ".", "controller": {"input_slots": 0}})"));
    for (const std::string part :
         {"syntax.json line 2, column 11 is not JSON", "/seed names",
          "list.json, which holds a list", "write \"workload\": {\"file\": ...}",
          "/adc/count_bits (in ", "wrong.json) is 40", "/adc/count_bit (in ",
          "/adc/curve_file (in ", "twice.json /lanes is given twice", "/device names ",
          "missing.json, which cannot be read: No such file", "empty.json, which is empty",
          "/nmpu names a file without a name", "which is a folder",
          "/controller/input_slots is 0"}) {
        EXPECT_TRUE(has(message, part)) << "'" << part << "' is not in:\n" << message;
    }
}

TEST_F(Load, RefusesWhatIsNotAFileOfText)
{
    EXPECT_TRUE(has(refusal(path("missing.json")), "missing.json: cannot be read: No such file"));
    EXPECT_TRUE(has(refusal(path(".")), "is a folder"));
    EXPECT_TRUE(has(refusal("/dev/zero"), "larger than 16 MB"));
    EXPECT_TRUE(has(refusal("/dev/null"), "is empty"));
}

}  // namespace
}  // namespace aimc::config
