// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/cycle_engine.h"

#include "rows.h"
#include "timed_runner.h"

#include <benchmark/benchmark.h>

#include <map>
#include <string>

namespace aimc::bench {
namespace {

constexpr std::size_t rounds = 5;
/// One job and the one without outputs just before it.
struct Pair {
    Measured job;
    Measured bare;
};

/// Every job with an output comes after one without, to be held against.
std::vector<TimedRunner::Plan> plan(const Subject& subject)
{
    const std::size_t longer = subject.which == Case::digital ? 8 : 1;  // few cycles per vector
    std::vector<TimedRunner::Plan> jobs;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (const auto& [output, mvms] : {std::pair{Output::trace, 2048},
                                           {Output::vcd_window, 4096},
                                           {Output::vcd_full, 512}}) {
            jobs.push_back({Output::none, 4096 * longer});
            jobs.push_back({output, static_cast<std::size_t>(mvms) * longer});
        }
    }
    return jobs;
}

/// SystemC elaborates once per process, so all rows come from one simulation: its jobs alternate
/// between the outputs. A repetition of a row reports the next job that was measured for it.
const std::vector<Pair>& measured(const Subject& subject, Output output, SimdLevel simd)
{
    static std::map<Output, std::vector<Pair>> all;
    if (all.empty()) {
        const Setup& s = setup(subject);
        const std::vector<TimedRunner::Plan> jobs = plan(subject);
        TimedRunner runner(s, jobs);
        testbench::run_cycle_engine(s.config, simd, runner);
        const std::vector<Measured>& m = runner.measured();
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            all[jobs[i].output].push_back({m[i], m[i - i % 2]});
        }
    }
    return all[output];
}

void run(benchmark::State& state, const Subject& subject, Output output, SimdLevel simd)
{
    static std::map<Output, std::size_t> next;
    for (auto _ : state) {
        const std::vector<Pair>& jobs = measured(subject, output, simd);
        const Pair& pair = jobs[next[output]++ % jobs.size()];
        pair.job.report(state);
        if (output == Output::none) { continue; }
        state.counters["x_bare"] = pair.job.per_wall_s() / pair.bare.per_wall_s();
        state.counters["x_bare_cpu"] = pair.job.per_cpu_s() / pair.bare.per_cpu_s();
    }
}

}  // namespace

void add_cycle_rows(const Subject& subject, SimdLevel simd)
{
    for (const Output output :
         {Output::none, Output::trace, Output::vcd_window, Output::vcd_full}) {
        const std::string name = "cycle_engine/" + subject.name() + "/" + aimc::to_string(simd) +
                                 "/" + to_string(output);
        benchmark::RegisterBenchmark(name.c_str(), run, subject, output, simd)
            ->UseManualTime()
            ->Iterations(1);
    }
}

}  // namespace aimc::bench
