// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace aimc::test {

/// Keeps a measured figure with the test's result, and prints it: "figure: enob 8.00".
inline void figure(const std::string& name, double value, int digits = 4)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    testing::Test::RecordProperty(name, text);
    std::printf("figure: %s %s\n", name.c_str(), text);
}

}  // namespace aimc::test
