// SPDX-License-Identifier: Apache-2.0
// The FP16 unit against scripts/oracle/ldpu.py and binary16.py, which round exact fractions once.
#include "aimc/ldpu/lane.h"

#include "support/oracle_cases.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

namespace aimc::ldpu {
namespace {

using test::least_oracle_cases;
using test::oracle_lines;
using test::OracleCase;

Binary16 half(std::int64_t bits) { return {static_cast<std::uint16_t>(bits)}; }

AffineWords16 words_of(const OracleCase& c)
{
    return {half(c.number("s_p", 16)), half(c.number("s_n", 16)), half(c.number("o", 16)),
            half(c.number("gamma", 16)), half(c.number("beta", 16))};
}

LaneSettings settings_of(const OracleCase& c)
{
    LaneSettings s;
    s.out_bits = c.small("out_bits");
    s.relu = c.text("activation") != "identity";
    if (c.text("activation") == "clipped_relu") { s.clip = c.small("relu_clip"); }
    return s;
}

TEST(LdpuOracle, AgreesOnEveryColumn)
{
    const char* name = std::getenv("AIMC_LDPU_CASES");
    if (name == nullptr) {
        GTEST_SKIP() << "AIMC_LDPU_CASES is not set; see scripts/oracle/ldpu.py";
    }
    std::size_t n_cases = 0;
    std::set<std::int32_t> outputs;
    for (const std::string& line : oracle_lines(name)) {
        const OracleCase c(line);
        if (c.small("has_residual") != 0) { continue; }
        const LaneResult r =
            process_column(words_of(c), c.small("c_p"), c.small("c_n"), settings_of(c));
        ASSERT_EQ(r.y, c.number("y")) << line;
        outputs.insert(r.y);
        ++n_cases;
    }
    ASSERT_GE(n_cases, least_oracle_cases) << name;
    EXPECT_GT(outputs.size(), 200u) << "the cases hardly move y";
    std::cout << "ldpu oracle: " << n_cases << " columns without residual, " << outputs.size()
              << " different outputs, all equal\n";
}

TEST(LdpuOracle, AgreesOnEveryFusedMultiplyAdd)
{
    const char* name = std::getenv("AIMC_HALF_FMA_CASES");
    if (name == nullptr) {
        GTEST_SKIP() << "AIMC_HALF_FMA_CASES is not set; see scripts/oracle/binary16.py";
    }
    std::size_t n_cases = 0;
    for (const std::string& line : oracle_lines(name)) {
        std::istringstream fields(line);
        unsigned a = 0, b = 0, c = 0, expected = 0;
        std::int32_t int8 = 0;
        fields >> std::hex >> a >> b >> c >> expected >> std::dec >> int8;
        ASSERT_TRUE(fields) << "malformed line: " << line;
        const Binary16 result = fma(half(a), half(b), half(c));
        ASSERT_EQ(result.bits, expected) << line;
        ASSERT_EQ(to_int(result, 8), int8) << line;
        ++n_cases;
    }
    ASSERT_GE(n_cases, least_oracle_cases) << name;
    std::cout << "binary16 oracle: " << n_cases << " fused multiply-adds, all equal\n";
}

}  // namespace
}  // namespace aimc::ldpu
