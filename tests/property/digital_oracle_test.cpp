// SPDX-License-Identifier: Apache-2.0
// The digital tile against scripts/oracle/digital.py, which goes through gates, adder tree and
// accumulator bit plane by bit plane; that file describes the lines.
#include "aimc/digital/digital_path.h"

#include "support/oracle_window.h"

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace aimc::digital {
namespace {

using test::OracleCase;
using test::OracleWindow;

config::TileConfig tile_of(const OracleCase& c)
{
    config::TileConfig tile;
    tile.kind = config::TileKind::digital_cim;
    tile.rows = static_cast<std::size_t>(c.small("tile_rows"));
    tile.cols = static_cast<std::size_t>(c.small("tile_cols"));
    tile.nmpu.branch = test::branch_of(c);
    tile.digital.weight_bits = c.small("wb");
    tile.digital.input_bits = c.small("ib");
    tile.digital.input_bits_per_cycle = c.small("ibpc");
    tile.digital.signed_inputs = c.small("signed") != 0;
    tile.digital.skip_zero_planes = c.small("skip") != 0;
    return tile;
}

void expect_equal(const OracleCase& c, const config::TileConfig& tile, SimdLevel simd)
{
    const OracleWindow given(c, config::largest_weight(tile));
    const DigitalPath path(tile, given.weights, simd, given.window);
    ASSERT_EQ(path.rows(), given.rows);
    ASSERT_EQ(path.cols(), given.cols);
    std::vector<std::int32_t> c_p(given.n * given.cols, -1), c_n(given.n * given.cols, -1);
    std::vector<int> steps(given.n, -1);
    path.read_batch(given.x.data(), given.stride, given.n, c_p.data(), c_n.data(), steps.data());
    ASSERT_EQ(c_p, test::signed_list<std::int32_t>(c, "p"));
    ASSERT_EQ(c_n, test::signed_list<std::int32_t>(c, "nn"));
    ASSERT_EQ(steps, test::signed_list<int>(c, "steps"));
}

TEST(DigitalOracle, SumsAndCyclesEqualTheBitSerialColumn)
{
    const std::string name = test::case_file("AIMC_DIGITAL_CASES");
    if (name.empty()) {
        GTEST_SKIP() << "AIMC_DIGITAL_CASES is not set; see scripts/oracle/digital.py";
    }
    std::size_t n_cases = 0, n_vectors = 0, n_shortened = 0;
    std::map<std::string, std::size_t> n_of;
    for (const std::string& line : test::oracle_lines(name)) {
        const OracleCase c(line);
        SCOPED_TRACE(line);
        for (const SimdLevel simd : simd_levels()) {
            ASSERT_NO_FATAL_FAILURE(expect_equal(c, tile_of(c), simd)) << to_string(simd);
        }
        ++n_cases;
        ++n_of[c.text("ibpc") + c.text("signed") + c.text("skip") + c.text("branch")];
        const int n_all = (c.small("ib") + c.small("ibpc") - 1) / c.small("ibpc");
        for (const int steps : test::signed_list<int>(c, "steps")) {
            ++n_vectors;
            if (steps < n_all) { ++n_shortened; }
        }
    }
    ASSERT_GE(n_cases, test::least_oracle_cases) << name;
    EXPECT_EQ(n_of.size(), 36u) << "a kind of tile never occurs";
    EXPECT_GT(n_shortened, n_vectors / 20);
    std::cout << "digital oracle: " << n_cases << " cases, " << n_vectors << " vectors, "
              << n_shortened << " of them with cycles left out, every sum equal\n";
}

}  // namespace
}  // namespace aimc::digital
