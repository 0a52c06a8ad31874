// SPDX-License-Identifier: Apache-2.0
// The closed form with a pipeline behind the array against scripts/oracle/pipeline_timing.py, which
// moves words through registers and banks clock by clock; that file describes the lines.
#include "aimc/mvm/timing.h"

#include "support/oracle_cases.h"
#include "support/oracle_timing.h"

#include <gtest/gtest.h>

#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aimc::mvm {
namespace {

using test::OracleCase;
using Edges = std::vector<std::uint64_t>;

TimingRules rules_of(const OracleCase& c)
{
    TimingRules rules;
    rules.n_pipeline = c.small("F");
    rules.n_post = c.small("N");
    rules.output_slots = c.small("D");
    rules.input_slots = c.small("B");
    rules.double_buffered = c.small("db") != 0;
    return rules;
}

struct Found {
    Edges in, start, counts, post, done, out, states;
};

Found found_by_closed_form(const OracleCase& c)
{
    Found found;
    Recurrence recurrence(rules_of(c), test::arrival_of(c), test::sink_of(c));
    StateAccount account(c.small("F"));
    const Edges reads = c.list("A"), residual_ready = c.list("R");
    for (std::size_t k = 0; k < reads.size(); ++k) {
        const MvmTimes t = recurrence.next(static_cast<int>(reads[k]), residual_ready.at(k));
        account.add(t, residual_ready[k]);
        found.in.push_back(t.in);
        found.start.push_back(t.start);
        found.counts.push_back(t.counts);
        found.post.push_back(t.post);
        found.done.push_back(t.done);
        found.out.push_back(t.out);
    }
    const StateCycles s = account.finish();
    found.states = {s.reading, s.input_starved, s.post_busy, s.output_blocked, s.drain};
    return found;
}

void expect_equal(const OracleCase& c, const Found& found)
{
    ASSERT_EQ(found.in, c.list("in"));
    ASSERT_EQ(found.start, c.list("S"));
    ASSERT_EQ(found.counts, c.list("C"));
    ASSERT_EQ(found.post, c.list("H"));
    ASSERT_EQ(found.done, c.list("Y"));
    ASSERT_EQ(found.out, c.list("O"));
    ASSERT_EQ(found.states, c.list("states"));
}

TEST(PipelineTimingOracle, EdgesAndStatesEqualTheClockedTile)
{
    const std::string name = test::case_file("AIMC_PIPELINE_TIMING_CASES");
    if (name.empty()) {
        GTEST_SKIP() << "AIMC_PIPELINE_TIMING_CASES is not set; see "
                        "scripts/oracle/pipeline_timing.py";
    }
    std::size_t n_cases = 0, n_vectors = 0, n_early = 0;
    std::set<std::pair<int, std::size_t>> seen;  // (F, state)
    for (const std::string& line : test::oracle_lines(name)) {
        const OracleCase c(line);
        SCOPED_TRACE(line);
        const Found found = found_by_closed_form(c);
        ASSERT_NO_FATAL_FAILURE(expect_equal(c, found));
        for (std::size_t i = 0; i < found.states.size(); ++i) {
            if (found.states[i] > 0) { seen.insert({c.small("F"), i}); }
        }
        const std::size_t n_banks = c.small("db") != 0 ? 2 : 1;
        for (std::size_t k = n_banks; k < found.start.size(); ++k) {
            if (found.start[k] < found.done[k - n_banks]) { ++n_early; }
        }
        n_vectors += found.out.size();
        ++n_cases;
    }
    ASSERT_GE(n_cases, test::least_oracle_cases) << name;
    EXPECT_EQ(seen.size(), 25u) << "a state never occurs with one of the pipelines";
    EXPECT_GT(n_early, n_vectors / 20) << "reads that start before their bank is empty";
    std::cout << "pipeline timing oracle: " << n_cases << " cases, " << n_vectors << " vectors, "
              << n_early << " read before their bank was empty, every edge and state equal\n";
}

}  // namespace
}  // namespace aimc::mvm
