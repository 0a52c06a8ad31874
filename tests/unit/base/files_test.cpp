// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/files.h"

#include "aimc/base/error.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <stdlib.h>  // NOLINT: mkdtemp is POSIX
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <vector>

namespace aimc {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, gone afterwards.
class Files : public ::testing::Test {
protected:
    Files()
    {
        std::string name = (fs::temp_directory_path() / "aimc_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) { throw OutputError(name, "cannot be made"); }
        folder_ = name;
    }
    ~Files() override
    {
        std::error_code error;
        fs::remove_all(folder_, error);
    }
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    std::vector<std::string> names() const
    {
        std::vector<std::string> all;
        for (const auto& entry : fs::directory_iterator(folder_)) {
            all.push_back(entry.path().filename().string());
        }
        return all;
    }

private:
    std::string folder_;
};

template <class Error, class Action>
void expect_error(ExitCode code, const std::string& part, Action&& action)
{
    try {
        action();
        ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code);
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
}

TEST_F(Files, ComeBackAsTheyWereWritten)
{
    const std::string bytes("a\0b\r\n\xff", 6);
    write_file(path("new/folder/x.bin"), bytes);
    EXPECT_EQ(read_file(path("new/folder/x.bin")), bytes);
    write_file(path("empty"), "");
    EXPECT_EQ(read_file(path("empty")), "");
}

TEST_F(Files, AreReplacedAsAWholeWithNothingBeside)
{
    write_file(path("x"), "a longer old text");
    write_file(path("x"), "new");
    EXPECT_EQ(read_file(path("x")), "new");
    EXPECT_EQ(names(), (std::vector<std::string>{"x"}));
}

TEST_F(Files, AFullDeviceIsAnOutputErrorThatLeavesNothing)
{
    expect_error<OutputError>(ExitCode::bad_output, "/dev/full: cannot be written: No space left",
                              [] { write_file("/dev/full", "x"); });
    EXPECT_EQ(static_cast<int>(ExitCode::bad_output), 5);
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
    for (const auto& entry : fs::directory_iterator("/dev")) {
        EXPECT_EQ(entry.path().string().find("/dev/full."), std::string::npos) << entry.path();
    }
}

TEST_F(Files, AWriteThatStopsHalfWayKeepsTheOldFileAndLeavesNothing)
{
    write_file(path("x"), "old");
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 4096;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    expect_error<OutputError>(ExitCode::bad_output, "cannot be written",
                              [&] { write_file(path("x"), std::string(100000, 'n')); });
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(read_file(path("x")), "old");
    EXPECT_EQ(names(), (std::vector<std::string>{"x"}));
}

TEST_F(Files, WhatCannotBeWrittenIsAnOutputError)
{
    write_file(path("x"), "a file");
    expect_error<OutputError>(ExitCode::bad_output, "folder cannot be made",
                              [&] { write_file(path("x/y"), "below a file"); });
    fs::create_directory(path("folder"));
    expect_error<OutputError>(ExitCode::bad_output, "folder",
                              [&] { write_file(path("folder"), "over a folder"); });
    expect_error<OutputError>(ExitCode::bad_output, "cannot be written",
                              [&] { write_file(path(std::string(300, 'n')), "a long name"); });
    EXPECT_EQ(names().size(), 2U);
}

TEST_F(Files, WhatCannotBeReadIsAnInputError)
{
    expect_error<InputError>(ExitCode::bad_input, "none: cannot be read: No such file",
                             [&] { read_file(path("none")); });
    expect_error<InputError>(ExitCode::bad_input, "is a folder", [&] { read_file(path("")); });
}

TEST_F(Files, DevicesAndPipesAreRefusedAtOnce)
{
    const std::string what = "device or pipe";
    expect_error<InputError>(ExitCode::bad_input, what, [] { read_file("/dev/zero"); });
    const std::string pipe = path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    expect_error<InputError>(ExitCode::bad_input, what, [&] { read_file(pipe); });
}

TEST(Sha256, HasThePublishedDigests)  // FIPS 180-4
{
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_NE(sha256_hex(std::string("a\0b", 3)), sha256_hex("a"));
}

TEST(ResolveBeside, TakesTheFolderOfTheNamingFile)
{
    EXPECT_EQ(resolve_beside("configs/tile/a.json", "b.csv"), "configs/tile/b.csv");
    EXPECT_EQ(resolve_beside("a.json", "b.csv"), "b.csv");
    EXPECT_EQ(resolve_beside("configs/a.json", "/data/b.csv"), "/data/b.csv");
}

TEST(UserError, SaysFilePlaceAndProblemOneLineEach)
{
    const ConfigError error("c.json",
                            std::vector<Problem>{{"/adc/count_bits", "is 40"}, {"", "is odd"}});
    EXPECT_STREQ(error.what(), "c.json: /adc/count_bits is 40\nc.json: is odd");
    EXPECT_EQ(error.code(), ExitCode::bad_config);
    EXPECT_EQ(error.problems().size(), 2U);
}

}  // namespace
}  // namespace aimc
