// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/device_table.h"

#include "input_files.h"

namespace aimc::config {
namespace {

const std::string good = R"({"format": "aimc-device-table/1", "name": "a device",
"source": "a bench", "licence": "CC0-1.0", "kind": "measured", // bench 2
"g_max_uS": 20, "t_0_s": 60, "t_read_ns": 250, "points": [
{"g_uS": 0, "sigma_prog_uS": 0.25, "nu_mean": 0.1, "nu_sd": 0.04, "read_noise": 0.2},
{"g_uS": 10, "sigma_prog_uS": 1, "nu_mean": 0.05, "nu_sd": 0.01, "read_noise": 0.02},
{"g_uS": 20.5, "sigma_prog_uS": 1.1, "nu_mean": 0.04, "nu_sd": 0.005, "read_noise": 0.01}]})";

class DeviceTables : public testing::InputFiles {
protected:
    static std::string replaced(const std::string& from, const std::string& to)
    {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    }
    DeviceTable load(const std::string& text) const
    {
        return load_device_table(put("d.json", text));
    }
};

TEST_F(DeviceTables, AreRead)
{
    const DeviceTable t = load(good);
    EXPECT_EQ(t.file, path("d.json"));
    EXPECT_EQ(t.name, "a device");
    EXPECT_EQ(t.source, "a bench");
    EXPECT_EQ(t.licence, "CC0-1.0");
    EXPECT_TRUE(t.measured);
    EXPECT_EQ(t.g_max_uS, 20.0);
    EXPECT_EQ(t.t_0_s, 60.0);
    EXPECT_EQ(t.t_read_ns, 250.0);
    ASSERT_EQ(t.points.size(), 3U);
    EXPECT_EQ(t.points[1].g_uS, 10.0);
    EXPECT_EQ(t.points[1].sigma_prog_uS, 1.0);
    EXPECT_EQ(t.points[0].nu_mean, 0.1);
    EXPECT_EQ(t.points[2].nu_sd, 0.005);
    EXPECT_EQ(t.points[2].read_noise, 0.01);
    EXPECT_FALSE(load(replaced("\"measured\"", R"("synthetic", "notes": "a note")")).measured);
}

TEST_F(DeviceTables, TheShippedOneIsSynthetic)
{
    const DeviceTable t = load_device_table(AIMC_SOURCE_DIR "/configs/devices/pcm_like_25uS.json");
    EXPECT_FALSE(t.measured);
    EXPECT_EQ(t.points.size(), 201U);
    EXPECT_EQ(t.points.back().g_uS, t.g_max_uS);
}

TEST_F(DeviceTables, RefuseWhatIsWrong)
{
    struct Case {
        const char *from, *to;
        std::vector<std::string> parts;
    };
    const std::vector<Case> cases{
        {"aimc-device-table/1", "aimc-device-table/2", {"/format is \"aimc-device-table/2\""}},
        {"\"name\": \"a device\",", "", {"/name is missing"}},
        {"\"a bench\"", "\"\"", {"/source is \"\""}},
        {"\"licence\"", "\"license\"", {"/licence is missing", "/license is not a known key"}},
        {"\"measured\"", "\"measurd\"", {"/kind", "did you mean \"measured\"?"}},
        {"\"g_max_uS\": 20", "\"g_max_uS\": 0", {"/g_max_uS is 0, must be a number 0.001 to 1000"}},
        {"\"g_max_uS\": 20",
         "\"g_max_uS\": 21",
         {"/points end at 20.5 uS", "0 to g_max_uS, 21 uS"}},
        {"\"t_0_s\": 60", "\"t_0_s\": -60", {"/t_0_s is -60"}},
        {"\"t_0_s\": 60", "\"t_0_s\": 1e-6", {}},
        {"\"t_read_ns\": 250", "\"t_read_ns\": \"250\"", {"/t_read_ns is \"250\""}},
        {"\"t_read_ns\": 250", "\"t_read_ns\": null", {"/t_read_ns is null"}},
        {"\"g_uS\": 0,", "\"g_uS\": 0.5,", {"/points/0/g_uS is 0.5, the first point must be at 0"}},
        {"\"g_uS\": 0,", "\"g_uS\": -1,", {"/points/0/g_uS is -1, must be a number 0 to 1000"}},
        {"\"g_uS\": 20.5", "\"g_uS\": 10", {"/points/2/g_uS is 10, must be above 10 of the point"}},
        {"\"g_uS\": 10", "\"g_uS\": 30", {"/points/2/g_uS is 20.5, must be above 30"}},
        {"\"sigma_prog_uS\": 1,", "\"sigma_prog_uS\": -1,", {"/points/1/sigma_prog_uS is -1"}},
        {"\"sigma_prog_uS\": 1,", "", {"/points/1/sigma_prog_uS is missing"}},
        {"\"nu_sd\": 0.04", "\"nu_sd\": -0.04", {"/points/0/nu_sd is -0.04"}},
        {"\"nu_sd\": 0.04", "\"nu_sd\": true", {"/points/0/nu_sd is true"}},
        {"\"nu_mean\": 0.1", "\"nu_mean\": 1.1", {"/points/0/nu_mean is 1.1", "0 to 1"}},
        {"\"read_noise\": 0.02", "\"read_noise\": 2", {"/points/1/read_noise is 2"}},
        {"\"read_noise\": 0.02", "\"noise\": 2", {"/points/1/noise is not a known key"}},
        {"\"read_noise\": 0.02", "\"read_noise\": NaN", {"line 5", "is not JSON"}},
        {"\"read_noise\": 0.02", "\"read_noise\": 1e999", {"d.json"}},
        {"\"g_uS\": 10", "\"g_uS\": 9, \"g_uS\": 10", {"/points/1/g_uS is given twice"}},
        {"{\"g_uS\": 10", "5, {\"g_uS\": 10", {"/points/1 is 5, must be an object"}},
        {"]}", "], \"points\": []}", {"/points is given twice"}},
        {"]}", "]", {"is not JSON"}},
    };
    for (const auto& c : cases) {
        if (c.parts.empty()) {
            EXPECT_NO_THROW(load(replaced(c.from, c.to))) << c.to;
            continue;
        }
        auto parts = c.parts;
        parts.push_back(path("d.json"));
        testing::expect_input_error(c.to, parts, [&] { load(replaced(c.from, c.to)); });
    }
}

TEST_F(DeviceTables, NeedTwoPoints)
{
    const auto head = good.substr(0, good.find("\"points\""));
    const std::string zero = R"({"g_uS": 0, "sigma_prog_uS": 0, "nu_mean": 0, "nu_sd": 0,
        "read_noise": 0})";
    for (const std::string& list :
         {std::string("[]"), "[" + zero + "]", std::string("{}"), std::string("\"points.csv\"")}) {
        testing::expect_input_error(list, {"/points is", "must be a list of at least two points"},
                                    [&] { load(head + "\"points\": " + list + "}"); });
    }
    testing::expect_input_error("none", {"/points is missing"},
                                [&] { load(head + "\"notes\": \"n\"}"); });
}

TEST_F(DeviceTables, RefuseAReadLongerThanTheTimeBeforeIt)
{
    testing::expect_input_error(
        "t_read", {"/t_read_ns is 1001, longer than t_0_s, which is 1e-06"}, [&] {
            std::string text = replaced("\"t_0_s\": 60", "\"t_0_s\": 1e-6");
            const std::string from = "\"t_read_ns\": 250";
            text.replace(text.find(from), from.size(), "\"t_read_ns\": 1001");
            load(text);
        });
}

TEST_F(DeviceTables, StopAfterAScreenful)
{
    std::string text = good.substr(0, good.find("{\"g_uS\": 10"));
    for (int i = 0; i < 1000; ++i) { text += "1, "; }
    try {
        load(text + "1]}");
        ADD_FAILURE() << "was accepted";
    } catch (const InputError& error) {
        EXPECT_LE(error.problems().size(), 20U);
    }
}

TEST_F(DeviceTables, SurviveEveryChangedByte)
{
    for (std::size_t n = 0; n < good.size(); ++n) {
        for (const int flip : {1, 2, 4, 16, 128}) {
            std::string changed = good;
            changed[n] = static_cast<char>(changed[n] ^ flip);
            try {
                EXPECT_GE(load(changed).points.size(), 2U);
            } catch (const InputError&) {
            }
        }
    }
}

}  // namespace
}  // namespace aimc::config
