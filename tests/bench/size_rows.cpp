// SPDX-License-Identifier: Apache-2.0
// How the time per MVM grows with the tile: scripts/bench_fit.py fits it.
#include "aimc/mvm/function_engine.h"

#include "rows.h"
#include "timed_runner.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

namespace aimc::bench {
namespace {

void run(benchmark::State& state, const Subject& subject)
{
    const Setup& s = setup(subject);
    constexpr std::size_t mvms_of_256 = 4096;  // as long for all sizes
    const std::size_t mvms = std::clamp<std::size_t>(
        mvms_of_256 * 256 * 256 / (subject.rows * subject.cols), 512, 32768);
    for (auto _ : state) {
        TimedRunner runner(s, {{Output::none, mvms}});
        mvm::run_function_engine(s.config, SimdLevel::avx2, 1, runner);
        runner.measured().front().report(state);
        state.counters["rows"] = static_cast<double>(subject.rows);
        state.counters["cols"] = static_cast<double>(subject.cols);
    }
}

}  // namespace

void add_size_rows()
{
    const auto all = simd_levels();
    if (std::find(all.begin(), all.end(), SimdLevel::avx2) == all.end()) { return; }
    struct Size {
        std::size_t rows, cols;
    };
    for (const Case which : {Case::charge, Case::time_resolved}) {
        // the two that are not square tell rows from columns
        for (const Size size : {Size{64, 64},
                                {128, 128},
                                {256, 256},
                                {512, 512},
                                {1024, 1024},
                                {64, 1024},
                                {1024, 64}}) {
            const Subject subject{which, config::ReadMode::one_phase, size.rows, size.cols};
            const std::string name = std::string("size/") + to_string(which) + "/" +
                                     std::to_string(size.rows) + "x" + std::to_string(size.cols);
            benchmark::RegisterBenchmark(name.c_str(), run, subject)
                ->UseManualTime()
                ->Iterations(1);
        }
    }
}

}  // namespace aimc::bench
