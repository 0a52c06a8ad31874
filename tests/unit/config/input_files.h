// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"
#include "aimc/base/files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdlib.h>  // NOLINT: mkdtemp is POSIX
#include <string>
#include <vector>

namespace aimc::config::testing {

/// A folder of its own for each test, gone afterwards.
class InputFiles : public ::testing::Test {
protected:
    InputFiles()
    {
        std::string name = (std::filesystem::temp_directory_path() / "aimc_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) { throw OutputError(name, "cannot be made"); }
        folder_ = name;
    }
    ~InputFiles() override
    {
        std::error_code error;
        std::filesystem::remove_all(folder_, error);
    }

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    std::string put(const std::string& name, const std::string& bytes) const
    {
        write_file(path(name), bytes);
        return path(name);
    }

private:
    std::string folder_;
};

/// Runs `action`, which must throw exit code 3 with a message that has all of `parts`.
template <class Action>
void expect_input_error(const std::string& what, const std::vector<std::string>& parts,
                        Action&& action)
{
    SCOPED_TRACE(what);
    try {
        action();
    } catch (const UserError& error) {
        EXPECT_EQ(error.code(), ExitCode::bad_input);
        for (const auto& part : parts) {
            EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
                << "'" << part << "' is not in: " << error.what();
        }
        return;
    }
    ADD_FAILURE() << "was accepted";
}

}  // namespace aimc::config::testing
