// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/load.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aimc::config::testing {

/// One broken configuration and what its message must contain.
struct Broken {
    std::string what;
    std::string text;
    std::vector<std::string> expected;
    std::vector<std::string> sets = {};
};

/// A configuration with these members beside the format.
inline std::string with(const std::string& members)
{
    return R"({"format": "aimc-config/1")" + (members.empty() ? "" : ", " + members) + "}";
}

/// What reading the configuration throws, which must be a ConfigError.
inline std::string message_of(const std::string& text, const std::vector<std::string>& sets)
{
    try {
        parse_config(text, "a.json", sets);
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.code(), ExitCode::bad_config);
        EXPECT_FALSE(error.problems().empty());
        return error.what();
    }
    return "it was accepted";
}

/// Each case is refused with a message that has all expected parts and names the file.
inline void expect_all(const std::vector<Broken>& cases)
{
    for (const auto& one : cases) {
        const std::string message = message_of(one.text, one.sets);
        for (const auto& part : one.expected) {
            EXPECT_NE(message.find(part), std::string::npos)
                << one.what << ": '" << part << "' is not in: " << message;
        }
        EXPECT_EQ(message.rfind("a.json: ", 0), 0U) << one.what << ": " << message;
    }
}

}  // namespace aimc::config::testing
