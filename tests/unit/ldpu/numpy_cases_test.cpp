// SPDX-License-Identifier: Apache-2.0
// Compares with the cases of scripts/oracle/half_numpy_cases.py, which describes the lines.
#include "aimc/ldpu/binary16.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace aimc::ldpu {
namespace {

Binary16 half(std::uint64_t bits) { return {static_cast<std::uint16_t>(bits)}; }

std::uint64_t evaluate(const std::string& op, std::uint64_t a, std::uint64_t b)
{
    if (op == "from_int") {
        return from_int(static_cast<std::int32_t>(static_cast<std::uint32_t>(a))).bits;
    }
    if (op == "from_double") {
        double x = 0;
        std::memcpy(&x, &a, sizeof x);
        return from_double(x).bits;
    }
    if (op == "to_double") {
        const double x = to_double(half(a));
        std::uint64_t bits = 0;
        std::memcpy(&bits, &x, sizeof bits);
        return bits;
    }
    if (op == "to_int") { return static_cast<std::uint32_t>(to_int(half(a), static_cast<int>(b))); }
    if (op == "add") { return add(half(a), half(b)).bits; }
    if (op == "mul") { return mul(half(a), half(b)).bits; }
    throw std::invalid_argument("unknown operation: " + op);
}

TEST(Binary16, AgreesWithNumpy)
{
    const char* name = std::getenv("AIMC_HALF_CASES");
    if (name == nullptr) {
        GTEST_SKIP() << "AIMC_HALF_CASES is not set; see scripts/oracle/half_numpy_cases.py";
    }
    std::ifstream file{name};
    ASSERT_TRUE(file) << "cannot read " << name;

    std::map<std::string, long> n_cases;
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream fields{line};
        std::string op;
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        std::uint64_t c = 0;
        std::uint64_t expected = 0;
        fields >> op >> std::hex >> a >> b >> c >> expected;
        ASSERT_TRUE(fields) << "malformed line: " << line;
        ASSERT_EQ(evaluate(op, a, b), expected) << line;
        ++n_cases[op];
    }
    EXPECT_EQ(n_cases.size(), 6u) << "an operation is missing from " << name;
    for (const auto& [op, n] : n_cases) { std::cout << "numpy: " << op << " " << n << " cases\n"; }
}

}  // namespace
}  // namespace aimc::ldpu
