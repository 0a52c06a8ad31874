// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/fault_file.h"

#include "input_files.h"

namespace aimc::config {
namespace {

const std::string good = R"({"format": "aimc-faults/1", "notes": "core 7", // bench 2
"dead_rows": [3, 0], "dead_cols": [9], "stuck": [
{"row": 1, "col": 2, "polarity": "pos", "device": 0, "state": "reset"},
{"row": 1, "col": 2, "polarity": "neg", "device": 1, "state": "set"}]})";

class FaultFiles : public testing::InputFiles {
protected:
    static std::string replaced(const std::string& from, const std::string& to)
    {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    }
    FaultList load(const std::string& text, int devices = 2) const
    {
        return load_fault_file(put("f.json", text), {4, 10, devices});
    }
};

TEST_F(FaultFiles, AreRead)
{
    const FaultList f = load(good);
    EXPECT_EQ(f.dead_rows, (std::vector<std::size_t>{3, 0}));
    EXPECT_EQ(f.dead_cols, (std::vector<std::size_t>{9}));
    ASSERT_EQ(f.stuck.size(), 2U);
    EXPECT_EQ(f.stuck[0].row, 1U);
    EXPECT_EQ(f.stuck[0].col, 2U);
    EXPECT_EQ(f.stuck[0].polarity, 0);
    EXPECT_EQ(f.stuck[0].device, 0);
    EXPECT_FALSE(f.stuck[0].is_set);
    EXPECT_EQ(f.stuck[1].polarity, 1);
    EXPECT_EQ(f.stuck[1].device, 1);
    EXPECT_TRUE(f.stuck[1].is_set);
    const FaultList none = load(R"({"format": "aimc-faults/1"})");
    EXPECT_TRUE(none.dead_rows.empty() && none.dead_cols.empty() && none.stuck.empty());
}

TEST_F(FaultFiles, RefuseWhatIsWrong)
{
    struct Case {
        const char *from, *to;
        std::vector<std::string> parts;
    };
    const std::vector<Case> cases{
        {"aimc-faults/1", "aimc-fault/1", {"/format is \"aimc-fault/1\""}},
        {"\"dead_rows\"", "\"dead_row\"", {"/dead_row is not a known key"}},
        {"[3, 0]", "3", {"/dead_rows is 3, must be a list"}},
        {"[3, 0]", "[4]", {"/dead_rows/0 is 4, must be a whole number 0 to 3"}},
        {"[3, 0]", "[-1]", {"/dead_rows/0 is -1"}},
        {"[3, 0]", "[0.5]", {"/dead_rows/0 is 0.5"}},
        {"[3, 0]", "[\"3\"]", {"/dead_rows/0 is \"3\""}},
        {"[3, 0]", "[3, 0, 3]", {"/dead_rows/2 is 3, which /dead_rows/0 lists already"}},
        {"[9]", "[10]", {"/dead_cols/0 is 10, must be a whole number 0 to 9"}},
        {"[9]", "[9, 9]", {"/dead_cols/1 is 9, which /dead_cols/0 lists already"}},
        {"\"row\": 1", "\"row\": 4", {"/stuck/0/row is 4, must be a whole number 0 to 3"}},
        {"\"row\": 1, ", "", {"/stuck/0/row is missing"}},
        {"\"col\": 2", "\"col\": 10", {"/stuck/0/col is 10"}},
        {"\"pos\"", "\"positive\"", {"/stuck/0/polarity is \"positive\""}},
        {"\"pos\"", "0", {"/stuck/0/polarity"}},
        {"\"device\": 1", "\"device\": 2", {"/stuck/1/device is 2, must be a whole number 0 to 1"}},
        {"\"reset\"", "\"rest\"", {"/stuck/0/state", "did you mean \"reset\"?"}},
        {"\"state\": \"set\"", "\"state\": \"set\", \"g_uS\": 1", {"/stuck/1/g_uS is not a known"}},
        {"\"neg\", \"device\": 1",
         "\"pos\", \"device\": 0",
         {"/stuck/1 is the device that /stuck/0 lists already"}},
        {"{\"row\"", "7, {\"row\"", {"/stuck/0 is 7, must be an object"}},
        {"]}", "", {"is not JSON"}},
        {"]}", "], \"dead_rows\": []}", {"/dead_rows is given twice"}},
    };
    for (const auto& c : cases) {
        auto parts = c.parts;
        parts.push_back(path("f.json"));
        testing::expect_input_error(c.to, parts, [&] { load(replaced(c.from, c.to)); });
    }
}

TEST_F(FaultFiles, KnowHowManyDevicesAPolarityHas)
{
    testing::expect_input_error("device", {"/stuck/1/device is 1, must be a whole number 0 to 0"},
                                [&] { load(good, 1); });
}

TEST_F(FaultFiles, StopAfterAScreenful)
{
    std::string list = "[99";
    for (int i = 0; i < 1000; ++i) { list += ", 99"; }
    try {
        load(replaced("[3, 0]", list + "]"));
        ADD_FAILURE() << "was accepted";
    } catch (const InputError& error) {
        EXPECT_LE(error.problems().size(), 21U);
    }
}

TEST_F(FaultFiles, NameTheMissingFile)
{
    testing::expect_input_error("missing", {path("none.json"), "No such file"}, [&] {
        load_fault_file(path("none.json"), {4, 4, 2});
    });
}

TEST_F(FaultFiles, SurviveEveryChangedByte)
{
    for (std::size_t n = 0; n < good.size(); ++n) {
        for (const int flip : {1, 2, 4, 16, 128}) {
            std::string changed = good;
            changed[n] = static_cast<char>(changed[n] ^ flip);
            try {
                EXPECT_LE(load(changed).stuck.size(), 2U);
            } catch (const InputError&) {
            }
        }
    }
}

}  // namespace
}  // namespace aimc::config
