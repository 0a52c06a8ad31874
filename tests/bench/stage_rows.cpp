// SPDX-License-Identifier: Apache-2.0
// The stages of one read, each alone, on one thread.
#include "rows.h"
#include "setups.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

namespace aimc::bench {
namespace {

using config::ReadMode;
constexpr std::size_t n_inputs = 16;

const Setup& hermes() { return setup(Case::curves_noise, ReadMode::one_phase); }

void drive(benchmark::State& state, SimdLevel simd, bool noise)
{
    const Setup& s = hermes();
    crossbar::GridArray array = s.chip.array;
    if (!noise) { array.noise_lsb = 0.0; }
    const crossbar::Crossbar crossbar(s.config, array, simd);
    crossbar::ColumnWave wave;
    std::uint64_t k = 0;
    for (auto _ : state) {
        crossbar.drive(s.workload.inputs.row(k % n_inputs), crossbar::Phase::all, {k, false}, wave);
        benchmark::DoNotOptimize(wave.current.data());
        ++k;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void convert(benchmark::State& state, SimdLevel simd, bool noise)
{
    const Setup& s = hermes();
    config::TileConfig config = s.config;
    if (!noise) { config.adc.sigma_lsb = 0.0; }
    const mvm::AnalogPath path(config, s.chip, simd);
    std::vector<crossbar::ColumnWave> waves(n_inputs);
    for (std::size_t k = 0; k < n_inputs; ++k) {
        path.crossbar().drive(s.workload.inputs.row(k), crossbar::Phase::all, {k, false}, waves[k]);
    }
    std::vector<std::int32_t> c_p(config.cols), c_n(config.cols);
    converters::AdcEvents events;
    std::uint64_t k = 0;
    for (auto _ : state) {
        std::fill(c_p.begin(), c_p.end(), 0);
        std::fill(c_n.begin(), c_n.end(), 0);
        path.adc().convert(waves[k % n_inputs], crossbar::Phase::all, {k, false}, c_p.data(),
                           c_n.data(), events);
        path.adc().finish(c_p.data(), c_n.data(), events);
        benchmark::DoNotOptimize(c_p.data());
        benchmark::DoNotOptimize(c_n.data());
        benchmark::ClobberMemory();
        ++k;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void post(benchmark::State& state, Case which)
{
    const Setup& s = setup(which, ReadMode::one_phase);
    const mvm::AnalogPath path(s.config, s.chip);
    const mvm::PostProcessor unit(s.config, s.words);
    const std::size_t cols = s.config.cols;
    mvm::AnalogPath::Scratch scratch;
    std::vector<std::int32_t> c_p(n_inputs * cols), c_n(n_inputs * cols), y(cols), partial(cols);
    for (std::size_t k = 0; k < n_inputs; ++k) {
        path.read(s.workload.inputs.row(k), {k, false}, scratch, c_p.data() + k * cols,
                  c_n.data() + k * cols);
    }
    std::vector<mvm::LaneCounters> lanes;
    std::size_t k = 0;
    for (auto _ : state) {
        const std::size_t at = k++ % n_inputs * cols;
        unit.process(c_p.data() + at, c_n.data() + at, nullptr, y.data(), partial.data(), lanes);
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void add_stage_rows()
{
    for (const bool noise : {false, true}) {
        for (const SimdLevel simd : levels()) {
            const std::string rest =
                std::string(noise ? "/noise/" : "/no_noise/") + aimc::to_string(simd);
            benchmark::RegisterBenchmark(("crossbar.drive" + rest).c_str(), drive, simd, noise)
                ->UseRealTime();
            benchmark::RegisterBenchmark(("adc.convert" + rest).c_str(), convert, simd, noise)
                ->UseRealTime();
        }
    }
    benchmark::RegisterBenchmark("post/nmpu", post, Case::curves_noise)->UseRealTime();
    benchmark::RegisterBenchmark("post/ldpu", post, Case::ldpu)->UseRealTime();
}

}  // namespace aimc::bench
