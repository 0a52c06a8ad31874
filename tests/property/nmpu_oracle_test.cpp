// SPDX-License-Identifier: Apache-2.0
// Compares the lane with the cases of scripts/oracle/nmpu.py, which computes them in exact integers
// from the data path alone; that file describes the lines.
#include "aimc/nmpu/lane.h"

#include "support/oracle_cases.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace aimc::nmpu {
namespace {

using test::least_oracle_cases;
using test::oracle_lines;
using test::OracleCase;

const std::map<std::string, RoundMode> round_modes{
    {"SC_TRN", RoundMode::trn},           {"SC_RND", RoundMode::rnd},
    {"SC_RND_ZERO", RoundMode::rnd_zero}, {"SC_RND_MIN_INF", RoundMode::rnd_min_inf},
    {"SC_RND_INF", RoundMode::rnd_inf},   {"SC_RND_CONV", RoundMode::rnd_conv}};
const std::map<std::string, OverflowMode> overflow_modes{{"SC_SAT", OverflowMode::sat},
                                                         {"SC_SAT_SYM", OverflowMode::sat_sym},
                                                         {"SC_WRAP", OverflowMode::wrap}};
const std::map<std::string, config::Branch> branches{{"polarity", config::Branch::polarity},
                                                     {"difference", config::Branch::difference},
                                                     {"single", config::Branch::single}};
const std::map<std::string, config::Activation> activations{
    {"identity", config::Activation::identity},
    {"relu", config::Activation::relu},
    {"clipped_relu", config::Activation::clipped_relu}};

config::NmpuConfig format_of(const OracleCase& c)
{
    config::NmpuConfig f;
    f.branch = branches.at(c.text("branch"));
    f.scale_fraction = c.small("scale_fraction");
    f.offset_fraction = c.small("offset_fraction");
    f.cut = c.small("cut");
    f.round_bits = c.small("round_bits");
    f.round_mode = round_modes.at(c.text("round_mode"));
    f.final_round_mode = round_modes.at(c.text("final_round_mode"));
    f.out_bits = c.small("out_bits");
    f.overflow = overflow_modes.at(c.text("overflow"));
    f.activation = activations.at(c.text("activation"));
    if (f.activation == config::Activation::clipped_relu) { f.relu_clip = c.small("relu_clip"); }
    f.residual_fraction = c.small("residual_fraction");
    f.partial_bits = c.small("partial_bits");
    f.partial_fraction = c.small("partial_fraction");
    return f;
}

TEST(NmpuOracle, AgreesOnEveryCase)
{
    const char* name = std::getenv("AIMC_NMPU_CASES");
    if (name == nullptr) {
        GTEST_SKIP() << "AIMC_NMPU_CASES is not set; see scripts/oracle/nmpu.py";
    }
    std::size_t n_cases = 0;
    std::map<std::string, std::size_t> seen;  // every choice must occur
    for (const std::string& line : oracle_lines(name)) {
        const OracleCase c(line);
        const config::NmpuConfig format = format_of(c);
        const Lane lane(format, c.small("scale_exponent"), format.activation);
        const AffineWords words{c.small("s_p"), c.small("s_n"), c.small("o_p"), c.small("o_n")};
        const std::int32_t residual = c.small("has_residual") != 0 ? c.small("residual") : 0;
        const LaneOutput out = lane.compute(c.small("c_p"), c.small("c_n"), words, residual);
        ASSERT_EQ(out.y, c.number("y")) << line;
        ASSERT_EQ(out.partial, c.number("partial")) << line;
        for (const char* key : {"branch", "overflow", "activation"}) { ++seen[c.text(key)]; }
        ++seen[c.text("round_mode") + "/" + c.text("final_round_mode")];
        ++n_cases;
    }
    ASSERT_GE(n_cases, least_oracle_cases) << name;
    EXPECT_EQ(seen.size(), 3u + 3u + 3u + 36u) << "a branch, a mode or an activation is missing";
    std::cout << "nmpu oracle: " << n_cases << " cases, y and partial sum equal\n";
}

}  // namespace
}  // namespace aimc::nmpu
