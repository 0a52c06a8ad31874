// SPDX-License-Identifier: Apache-2.0
// The closed form against the state machine of scripts/oracle/timing.py, which counts resources
// edge by edge and looks at no formula; that file describes the lines.
#include "aimc/mvm/timing.h"

#include "support/oracle_cases.h"
#include "support/oracle_timing.h"

#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <vector>

namespace aimc::mvm {
namespace {

using test::arrival_of;
using test::case_file;
using test::least_oracle_cases;
using test::oracle_lines;
using test::OracleCase;
using test::sink_of;

Recurrence recurrence_of(const OracleCase& c)
{
    TimingRules rules;
    rules.n_post = c.small("N");
    rules.output_slots = c.small("D");
    rules.input_slots = c.small("B");
    rules.double_buffered = c.small("db") != 0;
    return {rules, arrival_of(c), sink_of(c)};
}

std::vector<ChainTile> chain_of(const OracleCase& c)
{
    std::vector<ChainTile> tiles;
    const auto number = [&](const char* key, std::size_t j) {
        return static_cast<int>(c.list(key).at(j));
    };
    for (std::size_t j = 0; j < c.list("A").size(); ++j) {
        tiles.push_back({{number("N", j), number("db", j) != 0, number("B", j), number("D", j)},
                         number("F", j)});
    }
    return tiles;
}

/// What came out of one tile, as the oracle prints it.
struct Found {
    std::vector<std::uint64_t> s, counts, h, y, o;
    StateAccount account;

    void add(const MvmTimes& t, std::uint64_t residual_ready)
    {
        account.add(t, residual_ready);
        s.push_back(t.start);
        counts.push_back(t.counts);
        h.push_back(t.post);
        y.push_back(t.done);
        o.push_back(t.out);
    }
    std::vector<std::uint64_t> states() const
    {
        const StateCycles all = account.finish();
        return {all.reading, all.input_starved, all.post_busy, all.output_blocked, all.drain};
    }
    /// @param suffix  of the oracle's keys
    void expect_equal(const OracleCase& c, const std::string& suffix) const
    {
        ASSERT_EQ(s, c.list("S" + suffix));
        ASSERT_EQ(counts, c.list("C" + suffix));
        ASSERT_EQ(h, c.list("H" + suffix));
        ASSERT_EQ(y, c.list("Y" + suffix));
        ASSERT_EQ(o, c.list("O" + suffix));
        ASSERT_EQ(states(), c.list("states" + suffix));
        ASSERT_EQ(account.finish().sum(), o.back());
    }
};

/// Cycles per state over all cases: a state that never occurs has not been tested.
struct Seen {
    std::vector<std::uint64_t> cycles = std::vector<std::uint64_t>(5, 0);
    void add(const Found& found)
    {
        for (std::size_t i = 0; i < cycles.size(); ++i) { cycles[i] += found.states()[i]; }
    }
    void expect_all() const
    {
        for (const std::uint64_t n : cycles) { EXPECT_GT(n, 0u) << "a state never occurs"; }
    }
};

TEST(TimingOracle, ClosedFormAndStatesEqualTheStateMachine)
{
    const std::string name = case_file("AIMC_TIMING_CASES");
    if (name.empty()) {
        GTEST_SKIP() << "AIMC_TIMING_CASES is not set; see scripts/oracle/timing.py";
    }
    std::size_t n_cases = 0, n_vectors = 0, n_held_up = 0;
    Seen seen;
    for (const std::string& line : oracle_lines(name)) {
        const OracleCase c(line);
        SCOPED_TRACE(line);
        Recurrence recurrence = recurrence_of(c);
        Found found;
        const auto residual_ready = c.list("R");
        for (const std::uint64_t ready : residual_ready) {
            found.add(recurrence.next(c.small("A"), ready), ready);
            if (found.h.back() == ready) { ++n_held_up; }
        }
        ASSERT_NO_FATAL_FAILURE(found.expect_equal(c, ""));
        seen.add(found);
        n_vectors += found.o.size();
        ++n_cases;
    }
    ASSERT_GE(n_cases, least_oracle_cases) << name;
    seen.expect_all();
    EXPECT_GT(n_held_up, n_vectors / 10);
    std::cout << "timing oracle: " << n_cases << " cases, " << n_vectors << " vectors, "
              << n_held_up
              << " of them taken when their residual words came, every edge and state equal\n";
}

TEST(TimingOracle, ChainsOfRowTilesEqualTheStateMachine)
{
    const std::string name = case_file("AIMC_TIMING_CHAINS");
    if (name.empty()) {
        GTEST_SKIP() << "AIMC_TIMING_CHAINS is not set; see scripts/oracle/timing.py";
    }
    std::size_t n_cases = 0, n_tiles = 0, n_mvms = 0;
    Seen seen;
    for (const std::string& line : oracle_lines(name)) {
        const OracleCase c(line);
        SCOPED_TRACE(line);
        std::vector<int> n_reads;
        for (const std::uint64_t a : c.list("A")) { n_reads.push_back(static_cast<int>(a)); }
        ChainRecurrence chain(chain_of(c), arrival_of(c), sink_of(c));
        std::vector<Found> found(chain.n_tiles());
        for (std::size_t k = 0; k < c.list("gaps").size(); ++k) {
            const auto times = chain.next(n_reads);
            for (std::size_t j = 0; j < times.size(); ++j) {
                found[j].add(times[j], chain.residual_ready(j, times));
            }
        }
        for (std::size_t j = 0; j < found.size(); ++j) {
            ASSERT_NO_FATAL_FAILURE(found[j].expect_equal(c, std::to_string(j))) << "tile " << j;
            seen.add(found[j]);
            n_mvms += found[j].o.size();
        }
        n_tiles += found.size();
        ++n_cases;
    }
    ASSERT_GE(n_cases, least_oracle_cases) << name;
    seen.expect_all();
    std::cout << "timing oracle: " << n_cases << " chains of " << n_tiles << " tiles, " << n_mvms
              << " MVMs, every edge and state equal\n";
}

}  // namespace
}  // namespace aimc::mvm
