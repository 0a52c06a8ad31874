// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/files.h"
#include "aimc/config/load.h"

#include "input_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

// The files under configs/, and the schema. AIMC_SOURCE_DIR is the top of the repository.

namespace aimc::config {
namespace {

const std::string source_dir = AIMC_SOURCE_DIR;

LoadedConfig shipped(const std::string& name)
{
    return load_config(source_dir + "/configs/tile/" + name + ".json");
}

std::vector<std::string> shipped_files()
{
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir + "/configs/tile")) {
        files.push_back(entry.path().string());
    }
    return files;
}

TEST(ShippedConfigs, AreValidAndNamedAsTheirFiles)
{
    EXPECT_GE(shipped_files().size(), 8U);
    for (const auto& file : shipped_files()) {
        const LoadedConfig loaded = load_config(file);
        EXPECT_EQ(loaded.tile.name, std::filesystem::path(file).stem().string());
        const LoadedConfig again = parse_config(loaded.effective_json, "/elsewhere/x.json");
        EXPECT_EQ(again.effective_json, loaded.effective_json) << file;
        for (const auto& name : {loaded.tile.adc.curve_file, loaded.tile.workload.file}) {
            EXPECT_TRUE(name.empty() || std::filesystem::exists(name)) << file << " names " << name;
        }
    }
}

TEST(ShippedConfigs, IdealTileCountsWeightStepsTimesInputSteps)
{
    for (const auto& name : {"ideal_256", "tiny_4x4"}) {
        const TileConfig tile = shipped(name).tile;
        // [nS] [mV] -> [uA]: 1e-6;  [MHz/uA] [uA] -> [counts/ns]: 1e-3
        const double step_uA = tile.crossbar.g_lsb_nS * tile.crossbar.v_read_mV * 1e-6;
        EXPECT_DOUBLE_EQ(step_uA * tile.adc.gain_MHz_per_uA * 1e-3, 1.0) << name;
        EXPECT_DOUBLE_EQ(*tile.device.g_max_uS * 1000.0 / tile.crossbar.g_lsb_nS, 127.0) << name;
        EXPECT_FALSE(tile.adc.full_scale_uA.has_value()) << name;
        EXPECT_EQ(tile.nmpu.kept_fraction(), 2) << name;
        EXPECT_LT(tile.rows * 127 * 127,
                  std::size_t{1} << static_cast<unsigned>(tile.adc.count_bits));
        EXPECT_EQ(tile.calibration.method, CalibrationMethod::fixed) << name;
    }
    EXPECT_EQ(shipped("tiny_4x4").tile.workload.mvms, 8);
    EXPECT_EQ(shipped("tiny_4x4").tile.nmpu.lanes, 2);
}

TEST(ShippedConfigs, ModesAndPostUnits)
{
    EXPECT_EQ(shipped("hermes_256_one_phase").tile.read.mode, ReadMode::one_phase);
    EXPECT_EQ(shipped("hermes_256_four_phase").tile.read.mode, ReadMode::four_phase);
    const TileConfig ldpu = shipped("hermes_256_ldpu").tile;
    EXPECT_EQ(ldpu.post, PostUnit::ldpu);
    const int groups = (static_cast<int>(ldpu.cols) + ldpu.ldpu.lanes - 1) / ldpu.ldpu.lanes;
    EXPECT_EQ(ldpu.ldpu.passes * groups * ldpu.ldpu.n_initiation_interval + ldpu.ldpu.n_fill, 973);
    EXPECT_EQ(shipped("digits_ldpu").tile.post, PostUnit::ldpu);
    EXPECT_EQ(shipped("digits_nmpu").tile.crossbar.g_map, GMap::column);
    EXPECT_EQ(shipped("digits_ideal").tile.device.model, DeviceModel::ideal);
}

TEST(ShippedConfigs, ReadmeIsWhatTheTableSays)
{
    EXPECT_EQ(read_file(source_dir + "/configs/README.md"), config_readme())
        << "configs/README.md is generated: write config_readme() there";
}

class Schema : public testing::InputFiles {};

TEST_F(Schema, AcceptsAndRefusesAsTheReaderDoes)
{
    put("schema.json", config_schema());
    std::string good;
    for (const auto& file : shipped_files()) {
        const LoadedConfig loaded = load_config(file);
        good += " " + put("good_" + loaded.tile.name + ".json", loaded.effective_json);
    }
    const std::string head = R"({"format": "aimc-config/1", )";
    good += " " + put("good_minimal.json", R"({"format": "aimc-config/1"})");
    good += " " + put("good_file.json", head + R"("adc": "adc.json", "tile": {"rows": 8.0}})");
    good += " " + put("good_npy.json", head + R"("workload": {"weights": "a/w.npy"}})");
    std::string bad = " " + put("bad_format.json", "{}");
    bad += " " + put("bad_version.json", R"({"format": "aimc-config/2"})");
    bad += " " + put("bad_key.json", head + R"("adc": {"count_bit": 12}})");
    bad += " " + put("bad_section.json", head + R"("adcs": {}})");
    bad += " " + put("bad_type.json", head + R"("tile": {"rows": "8"}})");
    bad += " " + put("bad_fraction.json", head + R"("clock": {"t_clk_ps": 333.333}})");
    bad += " " + put("bad_range.json", head + R"("adc": {"count_bits": 25}})");
    bad += " " + put("bad_word.json", head + R"("nmpu": {"round_mode": "SC_RNDD"}})");
    bad += " " + put("bad_alternative.json", head + R"("nmpu": {"scale_exponent": null}})");
    bad += " " + put("bad_name.json", head + R"("name": "../x"})");
    bad += " " + put("bad_parent.json", head + R"("name": ".."})");
    bad += " " + put("bad_weights.json", head + R"("workload": {"weights": "gauss"}})");
    bad += " " + put("bad_inline.json", head + R"("tile": "tile.json"})");
    bad += " " + put("bad_empty.json", head + R"("chip": ""})");
    const std::string script = source_dir + "/tests/unit/config/check_schema.py";
    if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
        GTEST_SKIP() << "python3-jsonschema is not installed";
    }
    const std::string command =
        "/usr/bin/python3 '" + script + "' " + path("schema.json") + good + " --bad" + bad;
    EXPECT_EQ(std::system(command.c_str()), 0);
    for (const auto& entry : std::filesystem::directory_iterator(path("."))) {
        if (entry.path().filename().string().rfind("bad_", 0) == 0) {
            EXPECT_THROW(load_config(entry.path().string()), ConfigError) << entry.path();
        }
    }
}

}  // namespace
}  // namespace aimc::config
