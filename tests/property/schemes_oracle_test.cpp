// SPDX-License-Identifier: Apache-2.0
// The conversion schemes without noise against scripts/oracle/schemes.py, which works in exact
// fractions, group by group and slice by slice; that file describes the lines.
#include "aimc/schemes/scheme_path.h"

#include "support/oracle_window.h"

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace aimc::schemes {
namespace {

using test::OracleCase;
using test::OracleWindow;

config::Scheme scheme_of(const OracleCase& c)
{
    static const std::map<std::string, config::Scheme> schemes = {
        {"native", config::Scheme::native},
        {"differential", config::Scheme::differential},
        {"bit_serial", config::Scheme::bit_serial}};
    return schemes.at(c.text("scheme"));
}

config::TileConfig tile_of(const OracleCase& c)
{
    config::TileConfig tile;
    tile.kind = config::TileKind::pim;
    tile.rows = static_cast<std::size_t>(c.small("tile_rows"));
    tile.cols = static_cast<std::size_t>(c.small("tile_cols"));
    tile.nmpu.branch = test::branch_of(c);
    tile.pim.scheme = scheme_of(c);
    tile.pim.weight_bits = c.small("bw");
    tile.pim.input_bits = c.small("bi");
    tile.pim.slice_bits = c.small("m");
    tile.pim.group_size = c.small("N");
    tile.pim.bits = c.small("bits");
    tile.pim.range_share = std::stod(c.text("share"));
    return tile;
}

void expect_equal(const OracleCase& c, const config::TileConfig& tile, SimdLevel simd)
{
    const OracleWindow given(c, config::largest_weight(tile));
    const SchemePath path(tile, given.weights, simd, given.window);
    ASSERT_EQ(path.rows(), given.rows);
    ASSERT_EQ(path.cols(), given.cols);
    std::vector<std::int32_t> c_p(given.n * given.cols, -1), c_n(given.n * given.cols, -1);
    std::vector<int> steps(given.n, -1);
    converters::AdcEvents events;
    SchemePath::Scratch scratch;
    path.read_batch(given.x.data(), given.stride, given.n, {}, scratch, c_p.data(), c_n.data(),
                    steps.data(), events);
    ASSERT_EQ(c_p, test::signed_list<std::int32_t>(c, "p"));
    ASSERT_EQ(c_n, test::signed_list<std::int32_t>(c, "nn"));
    ASSERT_EQ(steps, test::signed_list<int>(c, "steps"));
    ASSERT_EQ(events.conversions, static_cast<std::uint64_t>(c.number("conversions")));
    ASSERT_EQ(events.watched, events.conversions);
    ASSERT_EQ(events.over_range, static_cast<std::uint64_t>(c.number("over_range")));
}

TEST(SchemesOracle, SumsStepsAndConversionsEqualExactFractions)
{
    const std::string name = test::case_file("AIMC_SCHEMES_CASES");
    if (name.empty()) {
        GTEST_SKIP() << "AIMC_SCHEMES_CASES is not set; see scripts/oracle/schemes.py";
    }
    std::size_t n_cases = 0;
    std::int64_t n_conversions = 0, n_over_range = 0, n_ties = 0;
    std::map<std::string, std::size_t> n_of;
    for (const std::string& line : test::oracle_lines(name)) {
        const OracleCase c(line);
        SCOPED_TRACE(line);
        for (const SimdLevel simd : simd_levels()) {
            ASSERT_NO_FATAL_FAILURE(expect_equal(c, tile_of(c), simd)) << to_string(simd);
        }
        ++n_cases;
        ++n_of[c.text("scheme") + " " + c.text("branch")];
        n_conversions += c.number("conversions");
        n_over_range += c.number("over_range");
        n_ties += c.number("ties");
    }
    ASSERT_GE(n_cases, test::least_oracle_cases) << name;
    EXPECT_EQ(n_of.size(), 9u) << "a scheme or branch never occurs";
    EXPECT_GT(n_over_range, 1000);
    EXPECT_GT(n_ties, 1000);
    std::cout << "schemes oracle: " << n_cases << " cases, " << n_conversions << " conversions, "
              << n_over_range << " over range, " << n_ties << " ties, every sum equal\n";
}

}  // namespace
}  // namespace aimc::schemes
