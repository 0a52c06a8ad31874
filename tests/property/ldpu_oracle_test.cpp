// SPDX-License-Identifier: Apache-2.0
// The FP16 unit against scripts/oracle/ldpu.py and binary16.py, which round exact fractions once.
#include "aimc/ldpu/lane.h"

#include "support/oracle_cases.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <optional>
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
    s.residual_fraction = c.small("residual_fraction");
    s.partial_bits = c.small("partial_bits");
    s.partial_fraction = c.small("partial_fraction");
    return s;
}

/// What a run met, so that the cases cannot become trivial.
struct Met {
    std::size_t n_cases = 0, n_residuals = 0;
    std::set<std::int32_t> outputs;
    std::set<std::string> activations;
    std::set<int> out_bits, residual_fractions, partial_bits, partial_fractions;

    void note(const OracleCase& c)
    {
        ++n_cases;
        n_residuals += c.small("has_residual") != 0;
        outputs.insert(c.small("y"));
        activations.insert(c.text("activation"));
        out_bits.insert(c.small("out_bits"));
        if (c.small("has_residual") != 0) {
            residual_fractions.insert(c.small("residual_fraction"));
        }
        partial_bits.insert(c.small("partial_bits"));
        partial_fractions.insert(c.small("partial_fraction"));
    }
};

TEST(LdpuOracle, AgreesOnEveryColumn)
{
    const char* name = std::getenv("AIMC_LDPU_CASES");
    if (name == nullptr) {
        GTEST_SKIP() << "AIMC_LDPU_CASES is not set; see scripts/oracle/ldpu.py";
    }
    Met met;
    std::size_t n_saturated = 0;
    for (const std::string& line : oracle_lines(name)) {
        const OracleCase c(line);
        std::optional<std::int32_t> residual;
        if (c.small("has_residual") != 0) { residual = c.small("residual"); }
        const LaneResult r =
            process_column(words_of(c), c.small("c_p"), c.small("c_n"), settings_of(c), residual);
        ASSERT_EQ(r.y, c.number("y")) << line;
        ASSERT_EQ(r.partial, c.number("partial")) << line;
        n_saturated += r.partial_saturated;
        met.note(c);
    }
    ASSERT_GE(met.n_cases, least_oracle_cases) << name;
    EXPECT_GT(met.n_residuals, met.n_cases / 3);
    EXPECT_GT(n_saturated, met.n_cases / 50);
    EXPECT_LT(n_saturated, met.n_cases / 2);
    EXPECT_GT(met.outputs.size(), 200u) << "the cases hardly move y";
    EXPECT_EQ(met.activations.size(), 3u);
    EXPECT_EQ(met.out_bits.size(), 15u) << "2 .. 16";
    EXPECT_EQ(met.residual_fractions.size(), 16u) << "0 .. 15";
    EXPECT_EQ(met.partial_bits.size(), 29u) << "4 .. 32";
    EXPECT_EQ(met.partial_fractions.size(), 3u) << "0 .. 2";
    std::cout << "ldpu oracle: " << met.n_cases << " columns, " << met.n_residuals
              << " with a residual, " << met.outputs.size() << " different outputs, " << n_saturated
              << " partial sums saturated; y and partial sum all equal\n";
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
