// SPDX-License-Identifier: Apache-2.0
// Batches of reads of one window, as networks make them, on one thread.
#include "rows.h"
#include "setups.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace aimc::bench {
namespace {

constexpr std::size_t batch = 64;
constexpr mvm::Window window{{0, 252}, {8, 64}};  // a 3 x 3 layer: 28 channels in, 56 out

/// Codes as a ReLU leaves them: half of them 0, the others 1 .. 127.
std::vector<std::int8_t> codes(const config::Workload& workload)
{
    std::vector<std::int8_t> x(batch * window.rows.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = std::max(workload.inputs.data()[i], std::int8_t{0});
    }
    return x;
}

mvm::PostProcessor post_of(const Setup& s, SimdLevel simd)
{
    config::TileConfig config = s.config;
    mvm::PostWords words = s.words;
    config.cols = window.cols.size();
    words.activation = config::Activation::relu;
    const auto cut = [](auto& list) {
        if (list.empty()) { return; }
        const auto from = list.begin() + static_cast<std::ptrdiff_t>(window.cols.from);
        list = {from, from + static_cast<std::ptrdiff_t>(window.cols.size())};
    };
    cut(words.nmpu);
    cut(words.ldpu);
    return {config, std::move(words), simd};
}

void run(benchmark::State& state, Case which, bool with_post, SimdLevel simd)
{
    const Setup& s = setup({which, config::ReadMode::four_phase});
    const mvm::AnalogPath path(s.config, s.chip, simd, window);
    const mvm::PostProcessor post = post_of(s, simd);
    const std::vector<std::int8_t> x = codes(s.workload);
    const std::size_t cols = window.cols.size();
    std::vector<std::int32_t> c_p(batch * cols), c_n(batch * cols), y(batch * cols),
        partial(batch * cols);
    std::vector<mvm::LaneCounters> lanes;
    mvm::AnalogPath::Scratch scratch;
    std::uint64_t read = 0;
    for (auto _ : state) {
        path.read_batch(x.data(), window.rows.size(), batch, {read, false}, scratch, c_p.data(),
                        c_n.data());
        read += batch;
        if (with_post) {
            post.process_batch(c_p.data(), c_n.data(), nullptr, batch, y.data(), partial.data(),
                               lanes);
            benchmark::DoNotOptimize(y.data());
        }
        benchmark::DoNotOptimize(c_p.data());
        benchmark::DoNotOptimize(c_n.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(batch) *
                            static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void add_batch_rows()
{
    struct Row {
        const char* name;
        Case which;
        bool with_post;
    };
    for (const Row& row : {Row{"reads", Case::charge, false}, Row{"reads+nmpu", Case::charge, true},
                           Row{"reads+ldpu", Case::charge_ldpu, true}}) {
        for (const SimdLevel simd : levels()) {
            const std::string name =
                std::string("read_batch/252x56/") + row.name + "/" + aimc::to_string(simd);
            benchmark::RegisterBenchmark(name.c_str(), run, row.which, row.with_post, simd)
                ->UseRealTime();
        }
    }
}

}  // namespace aimc::bench
