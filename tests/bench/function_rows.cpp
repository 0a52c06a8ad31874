// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/function_engine.h"

#include "rows.h"
#include "timed_runner.h"

#include <benchmark/benchmark.h>

#include <string>
#include <thread>

namespace aimc::bench {
namespace {

struct Row {
    Case which;
    config::ReadMode mode;
    SimdLevel simd;
    int threads;
    std::string name() const
    {
        return std::string("function_engine/") + to_string(which) + "/" +
               (mode == config::ReadMode::one_phase ? "one_phase/" : "four_phase/") +
               aimc::to_string(simd) + "/" + std::to_string(threads) +
               (threads == 1 ? "_thread" : "_threads");
    }
};

void run(benchmark::State& state, const Row& row)
{
    const Setup& s = setup(row.which, row.mode);
    for (auto _ : state) {
        TimedRunner runner(s, {{Output::none, s.workload.inputs.rows()}});
        mvm::run_function_engine(s.config, row.simd, row.threads, runner);
        runner.measured().front().report(state);
    }
}

}  // namespace

void add_function_rows()
{
    const auto all = static_cast<int>(std::thread::hardware_concurrency());
    for (const Case which : {Case::ideal, Case::charge_noise, Case::curves_noise}) {
        for (const auto mode : {config::ReadMode::one_phase, config::ReadMode::four_phase}) {
            for (const SimdLevel simd : levels()) {
                for (const int threads : all > 1 ? std::vector<int>{1, all} : std::vector<int>{1}) {
                    const Row row{which, mode, simd, threads};
                    // one iteration is one job of thousands of vectors
                    benchmark::RegisterBenchmark(row.name().c_str(), run, row)
                        ->UseManualTime()
                        ->Iterations(1);
                }
            }
        }
    }
}

}  // namespace aimc::bench
