// SPDX-License-Identifier: Apache-2.0
// The post units alone, on one thread: counts of 256 columns to y.
#include "rows.h"
#include "setups.h"

#include <benchmark/benchmark.h>

#include <string>

namespace aimc::bench {
namespace {

constexpr std::size_t n_inputs = 64;

void run(benchmark::State& state, Case which, SimdLevel simd, std::size_t batch)
{
    const Setup& s = setup({which});
    const mvm::AnalogPath path(s.config, s.chip);
    const mvm::PostProcessor unit(s.config, s.words, simd);
    const std::size_t cols = s.config.cols;
    mvm::AnalogPath::Scratch scratch;
    std::vector<std::int32_t> c_p(n_inputs * cols), c_n(n_inputs * cols), y(batch * cols),
        partial(batch * cols);
    for (std::size_t k = 0; k < n_inputs; ++k) {
        path.read(s.workload.inputs.row(k), {k, false}, scratch, c_p.data() + k * cols,
                  c_n.data() + k * cols);
    }
    std::vector<mvm::LaneCounters> lanes;
    std::size_t k = 0;
    for (auto _ : state) {
        const std::size_t at = k % n_inputs * cols;
        unit.process_batch(c_p.data() + at, c_n.data() + at, nullptr, batch, y.data(),
                           partial.data(), lanes);
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
        k += batch;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(batch) *
                            static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void add_post_rows()
{
    struct Unit {
        const char* name;
        Case which;
    };
    for (const Unit unit :
         {Unit{"nmpu", Case::time_resolved}, {"ldpu", Case::time_resolved_ldpu}}) {
        for (const std::size_t batch : {std::size_t{1}, n_inputs}) {
            for (const SimdLevel simd : levels()) {
                const std::string name = std::string("post/") + unit.name + "/batch_" +
                                         std::to_string(batch) + "/" + aimc::to_string(simd);
                benchmark::RegisterBenchmark(name.c_str(), run, unit.which, simd, batch)
                    ->UseRealTime();
            }
        }
    }
}

}  // namespace aimc::bench
