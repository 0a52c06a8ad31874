// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/journal.h"

#include "aimc/base/error.h"

#include "unit/config/input_files.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace aimc::sweep {
namespace {

const double nan = std::numeric_limits<double>::quiet_NaN();

class Journals : public config::testing::InputFiles {
protected:
    std::unique_ptr<Journal> open(bool fresh = false)
    {
        return std::make_unique<Journal>(file(), std::vector<std::string>{"a", "b"}, fresh);
    }
    std::string file() const { return path("o/points.jsonl"); }
    std::string text() const { return read_file(file()); }
};

TEST_F(Journals, GiveBackWhatTheyGot)
{
    {
        const auto journal = open();
        EXPECT_EQ(journal->find("k1"), nullptr);
        journal->append("k1", {0.1, -1e-300});
        journal->append("k2", {nan, 1e22});
        EXPECT_EQ(*journal->find("k1"), (std::vector<double>{0.1, -1e-300}));
    }
    const auto again = open();
    ASSERT_NE(again->find("k1"), nullptr);
    EXPECT_EQ(*again->find("k1"), (std::vector<double>{0.1, -1e-300}));
    EXPECT_TRUE(std::isnan(again->find("k2")->front()));
    EXPECT_EQ(again->find("k2")->back(), 1e22);
    EXPECT_EQ(again->find("k3"), nullptr);
}

TEST_F(Journals, DropALineThatWasCutAtAnyPlace)
{
    {
        const auto journal = open();
        journal->append("k1", {1, 2});
        journal->append("k2", {3, 4});
    }
    const std::string whole = text();
    for (std::size_t n = 0; n < whole.size(); ++n) {
        put("o/points.jsonl", whole.substr(0, n));
        const std::size_t lines = static_cast<std::size_t>(
            std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n), '\n'));
        const auto journal = open();
        EXPECT_EQ(journal->find("k1") != nullptr, lines >= 2) << n;
        EXPECT_EQ(journal->find("k2") != nullptr, lines >= 3) << n;
        if (journal->find("k1") == nullptr) { journal->append("k1", {1, 2}); }
        if (journal->find("k2") == nullptr) { journal->append("k2", {3, 4}); }
        EXPECT_EQ(text(), whole) << n;
    }
}

TEST_F(Journals, StartAnewWhenAsked)
{
    open()->append("k1", {1, 2});
    EXPECT_EQ(open(true)->find("k1"), nullptr);
    EXPECT_EQ(open()->find("k1"), nullptr);
}

TEST_F(Journals, OneWriterAtATime)
{
    const auto first = open();
    try {
        open();
        ADD_FAILURE() << "a second writer";
    } catch (const OutputError& error) {
        EXPECT_NE(std::string(error.what()).find("another sim sweep"), std::string::npos);
    }
    EXPECT_THROW(open(true), OutputError);
}

TEST_F(Journals, RefuseWhatIsNoJournal)
{
    for (const char* wrong : {"hello", "hello\n", "{\"format\":\"aimc-sweep-points/2\"}\n"}) {
        put("o/points.jsonl", wrong);
        EXPECT_THROW(open(), InputError) << wrong;
        EXPECT_EQ(text(), wrong) << "it was changed";
    }
    open(true);
    const std::string first = text();
    for (const char* wrong : {"x", "{}", "[]", "{\"key\": 1, \"row\": {}}", "{\"key\": \"k\"}"}) {
        put("o/points.jsonl", first + wrong + "\n");
        config::testing::expect_input_error(wrong, {"line 2", "--fresh"}, [&] { open(); });
    }
}

TEST_F(Journals, RowsWithOtherColumnsAreRunAgain)
{
    open();
    put("o/points.jsonl", text() + R"({"key":"k1","row":{"a":1}})" + "\n" +
                              R"({"key":"k2","row":{"a":1,"b":2,"c":3}})" + "\n");
    const auto journal = open();
    EXPECT_EQ(journal->find("k1"), nullptr);
    EXPECT_EQ(*journal->find("k2"), (std::vector<double>{1, 2}));
}

TEST_F(Journals, SayWhatCannotBeWritten)
{
    put("file", "mine");
    EXPECT_THROW(Journal(path("file/points.jsonl"), {"a"}, false), OutputError);
    EXPECT_THROW(Journal("/proc/aimc/points.jsonl", {"a"}, false), OutputError);
}

}  // namespace
}  // namespace aimc::sweep
