// SPDX-License-Identifier: Apache-2.0
// The closed form against the state machine of scripts/oracle/timing.py, which counts resources
// edge by edge and looks at no formula; that file describes the lines.
#include "aimc/mvm/timing.h"

#include "support/oracle_cases.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace aimc::mvm {
namespace {

using test::least_oracle_cases;
using test::oracle_lines;
using test::OracleCase;

Recurrence recurrence_of(const OracleCase& c)
{
    TimingRules rules;
    rules.n_post = c.small("N");
    rules.output_slots = c.small("D");
    rules.input_slots = c.small("B");
    rules.double_buffered = c.small("db") != 0;
    config::Arrival arrival;
    arrival.n_gaps.clear();
    for (const std::uint64_t gap : c.list("gaps")) {
        arrival.n_gaps.push_back(static_cast<std::uint32_t>(gap));
    }
    config::SinkPattern sink;
    sink.ready.clear();
    for (const char bit : c.text("ready")) { sink.ready.push_back(bit == '1'); }
    return {rules, arrival, sink};
}

TEST(TimingOracle, ClosedFormAndStatesEqualTheStateMachine)
{
    const char* name = std::getenv("AIMC_TIMING_CASES");
    if (name == nullptr) {
        GTEST_SKIP() << "AIMC_TIMING_CASES is not set; see scripts/oracle/timing.py";
    }
    std::size_t n_cases = 0;
    std::size_t n_vectors = 0;
    std::vector<std::uint64_t> seen(5, 0);  // cycles per state, over all cases
    for (const std::string& line : oracle_lines(name)) {
        const OracleCase c(line);
        Recurrence recurrence = recurrence_of(c);
        StateAccount account;
        std::vector<std::uint64_t> s, counts, h, y, o;
        for (std::size_t k = 0; k < c.list("gaps").size(); ++k) {
            const MvmTimes t = recurrence.next(c.small("A"));
            account.add(t);
            s.push_back(t.start);
            counts.push_back(t.counts);
            h.push_back(t.post);
            y.push_back(t.done);
            o.push_back(t.out);
        }
        ASSERT_EQ(s, c.list("S")) << line;
        ASSERT_EQ(counts, c.list("C")) << line;
        ASSERT_EQ(h, c.list("H")) << line;
        ASSERT_EQ(y, c.list("Y")) << line;
        ASSERT_EQ(o, c.list("O")) << line;
        const StateCycles all = account.finish();
        const std::vector<std::uint64_t> states{all.reading, all.input_starved, all.post_busy,
                                                all.output_blocked, all.drain};
        ASSERT_EQ(states, c.list("states")) << line;
        ASSERT_EQ(all.sum(), o.back()) << line;
        for (std::size_t i = 0; i < seen.size(); ++i) { seen[i] += states[i]; }
        n_vectors += o.size();
        ++n_cases;
    }
    ASSERT_GE(n_cases, least_oracle_cases) << name;
    for (const std::uint64_t cycles : seen) { EXPECT_GT(cycles, 0u) << "a state never occurs"; }
    std::cout << "timing oracle: " << n_cases << " cases, " << n_vectors
              << " vectors, every edge and state equal\n";
}

}  // namespace
}  // namespace aimc::mvm
