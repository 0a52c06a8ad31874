// SPDX-License-Identifier: Apache-2.0
// Compares the lane with the cases of scripts/oracle/nmpu.py, which computes them in exact integers
// from the data path alone; that file describes the lines.
#include "aimc/nmpu/lane.h"

#include "support/oracle_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

namespace aimc::nmpu {
namespace {

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
    f.scale_bits = c.small("scale_bits");
    f.scale_fraction = c.small("scale_fraction");
    f.offset_bits = c.small("offset_bits");
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

/// The words of one case and what the oracle makes of them.
struct Case {
    std::int32_t c_p, c_n;
    AffineWords words;
    std::int32_t residual;
    std::int32_t y, partial;
};

Case case_of(const std::string& line)
{
    std::array<std::int32_t, 9> v{};
    const char* at = line.data();
    const char* const end = at + line.size();
    for (std::size_t i = 0; i < v.size(); ++i) {
        if (i == 6 && at < end && *at == '-' && (at + 1 == end || at[1] == ' ')) {
            ++at;  // no residual
        } else {
            const auto [after, error] = std::from_chars(at, end, v.at(i));
            if (error != std::errc{}) { throw std::runtime_error("malformed case: " + line); }
            at = after;
        }
        if (at != end && *at++ != ' ') { throw std::runtime_error("malformed case: " + line); }
    }
    if (at != end) { throw std::runtime_error("more than nine numbers: " + line); }
    return {v[0], v[1], {v[2], v[3], v[4], v[5]}, v[6], v[7], v[8]};
}

/// Whether the `dropped` low bits are one half.
bool is_tie(std::int64_t value, int dropped)
{
    if (dropped <= 0) { return false; }
    const std::int64_t span = std::int64_t{1} << dropped;
    return (value & (span - 1)) == span / 2;
}

/// How often each place of the lane had to decide a tie.
struct Ties {
    long product = 0, offset = 0, residual = 0, output = 0, partial = 0;

    void count(const config::NmpuConfig& f, int exponent, const Case& c, std::int64_t sum)
    {
        const int kept = f.kept_fraction();
        const std::int64_t net =
            f.branch == config::Branch::difference ? std::int64_t{c.c_p} - c.c_n : c.c_p;
        const std::int64_t p = c.words.s_p * net * (std::int64_t{1} << exponent);
        product += is_tie(p >> f.cut, f.round_bits);
        offset += is_tie(c.words.o_p, f.offset_fraction - kept);
        residual += is_tie(c.residual, f.residual_fraction - kept);
        output += is_tie(sum, kept);
        partial += is_tie(sum, kept - f.partial_fraction);
    }
    long least() const { return std::min({product, offset, residual, output, partial}); }
};

/// Plays the cases of a file, and keeps what was met.
struct CaseRun {
    long n_cases = 0;
    long n_formats = 0;
    Ties ties;
    std::map<std::string, std::set<std::string>> choices;  ///< what -> values met
    std::map<std::string, std::set<int>> widths;           ///< key -> values met

    /// Stops at the first difference, with a fatal failure.
    void play(const std::string& path)
    {
        std::ifstream file(path);
        ASSERT_TRUE(file) << "cannot read " << path;
        config::NmpuConfig format;
        int exponent = 0;
        std::optional<Lane> lane;
        std::string format_line;
        for (std::string line; std::getline(file, line);) {
            if (line.rfind("format ", 0) == 0) {
                format_line = line.substr(7);
                const OracleCase c(format_line);
                format = format_of(c);
                exponent = c.small("scale_exponent");
                lane.emplace(format, exponent, format.activation);
                note(c);
                continue;
            }
            ASSERT_TRUE(lane) << "a case before the first format";
            const Case c = case_of(line);
            const LaneOutput out = lane->compute(c.c_p, c.c_n, c.words, c.residual);
            ASSERT_EQ(out.y, c.y) << line << "\n" << format_line;
            ASSERT_EQ(out.partial, c.partial) << line << "\n" << format_line;
            ties.count(format, exponent, c, lane->accumulate(c.c_p, c.c_n, c.words, c.residual));
            ++n_cases;
        }
    }

    void note(const OracleCase& c)
    {
        ++n_formats;
        for (const char* key : {"scale_bits", "scale_fraction", "scale_exponent", "offset_bits",
                                "offset_fraction", "count_bits", "cut", "round_bits", "out_bits",
                                "residual_fraction", "partial_bits", "partial_fraction"}) {
            widths[key].insert(c.small(key));
        }
        choices["round"].insert(c.text("round_mode") + "/" + c.text("final_round_mode"));
        choices["branch"].insert(c.text("branch") + "/" + c.text("overflow") + "/" +
                                 c.text("activation"));
    }

    void print(const char* what) const
    {
        std::cout << "nmpu oracle, " << what << ": " << n_cases << " cases in " << n_formats
                  << " formats, y and partial sum equal; ties of the product " << ties.product
                  << ", offset " << ties.offset << ", residual " << ties.residual << ", output "
                  << ties.output << ", partial sum " << ties.partial << "\n";
    }
};

std::string cases_path()
{
    const char* name = std::getenv("AIMC_NMPU_CASES");
    return name != nullptr ? name : "";
}

std::set<int> all_of(int low, int high)
{
    std::set<int> values;
    for (int i = low; i <= high; ++i) { values.insert(i); }
    return values;
}

TEST(NmpuOracle, AgreesOnAMillionRandomCasesOfEveryWidthAndMode)
{
    if (cases_path().empty()) { GTEST_SKIP() << "AIMC_NMPU_CASES is not set"; }
    CaseRun run;
    ASSERT_NO_FATAL_FAILURE(run.play(cases_path()));
    EXPECT_GE(run.n_cases, 1'000'000);
    const std::map<std::string, std::set<int>> every_width{{"scale_bits", all_of(1, 16)},
                                                           {"scale_fraction", all_of(0, 16)},
                                                           {"scale_exponent", all_of(0, 4)},
                                                           {"offset_bits", all_of(2, 16)},
                                                           {"offset_fraction", all_of(0, 15)},
                                                           {"count_bits", all_of(1, 24)},
                                                           {"cut", all_of(0, 16)},
                                                           {"round_bits", all_of(0, 16)},
                                                           {"out_bits", all_of(2, 16)},
                                                           {"residual_fraction", all_of(0, 15)},
                                                           {"partial_bits", all_of(4, 32)},
                                                           {"partial_fraction", all_of(0, 2)}};
    EXPECT_EQ(run.widths, every_width) << "configs/README.md allows other widths than these";
    EXPECT_EQ(run.choices.at("round").size(), 36u) << "pairs of rounding modes";
    EXPECT_EQ(run.choices.at("branch").size(), 27u) << "branch, overflow and activation";
    EXPECT_GT(run.ties.least(), 10'000) << "the cases no longer reach the ties";
    run.print("random");
}

TEST(NmpuOracle, AgreesOnEveryTieOfTheSmallFormats)
{
    if (cases_path().empty()) { GTEST_SKIP() << "AIMC_NMPU_CASES is not set"; }
    CaseRun run;
    ASSERT_NO_FATAL_FAILURE(run.play(cases_path() + "_ties"));
    EXPECT_EQ(run.n_formats, 36 * 35 * 3) << "mode pairs, (cut, round, kept) and branches";
    EXPECT_EQ(run.choices.at("round").size(), 36u);
    EXPECT_GT(run.ties.least(), 1000);
    run.print("every residue for scale_fraction <= 4");
}

}  // namespace
}  // namespace aimc::nmpu
