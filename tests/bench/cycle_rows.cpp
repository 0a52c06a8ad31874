// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/cycle_engine.h"

#include "rows.h"
#include "timed_runner.h"

#include <benchmark/benchmark.h>

#include <map>

namespace aimc::bench {
namespace {

constexpr std::size_t rounds = 5;

/// SystemC elaborates once per process, so all rows come from one simulation: its jobs alternate
/// between the outputs. A repetition of a row reports the next job that was measured for it.
const std::vector<Measured>& measured(Output output)
{
    static std::map<Output, std::vector<Measured>> all;
    if (all.empty()) {
        const Setup& s = setup(Case::curves_noise, config::ReadMode::one_phase);
        std::vector<TimedRunner::Plan> plan;
        for (std::size_t round = 0; round < rounds; ++round) {
            plan.push_back({Output::none, s.workload.inputs.rows()});
            plan.push_back({Output::trace, s.workload.inputs.rows()});
            plan.push_back({Output::vcd, s.workload.inputs.rows() / 8});
        }
        TimedRunner runner(s, plan);
        testbench::run_cycle_engine(s.config, best_simd_level(), runner);
        for (std::size_t i = 0; i < plan.size(); ++i) {
            all[plan[i].output].push_back(runner.measured()[i]);
        }
    }
    return all[output];
}

void run(benchmark::State& state, Output output)
{
    static std::map<Output, std::size_t> next;
    for (auto _ : state) { measured(output)[next[output]++ % rounds].report(state); }
}

}  // namespace

void add_cycle_rows()
{
    const std::string name = std::string("cycle_engine/time_resolved+noise+curves/one_phase/") +
                             aimc::to_string(best_simd_level());
    const auto add = [&](const char* what, Output output) {
        benchmark::RegisterBenchmark((name + what).c_str(), run, output)
            ->UseManualTime()
            ->Iterations(1);
    };
    add("/plain", Output::none);
    add("/trace", Output::trace);
    add("/vcd", Output::vcd);
}

}  // namespace aimc::bench
