// SPDX-License-Identifier: Apache-2.0
// The analog stages of one read, each alone, on one thread: in the readable form and in those that
// runs use. The post units: post_rows.cpp.
#include "aimc/base/random.h"

#include "rows.h"
#include "setups.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

namespace aimc::bench {
namespace {

constexpr std::size_t n_inputs = 16;
constexpr std::size_t batch = 32;  // as many as AnalogPath has on the way

void count_batches(benchmark::State& state)
{
    state.SetItemsProcessed(static_cast<std::int64_t>(batch) *
                            static_cast<std::int64_t>(state.iterations()));
}

const Setup& hermes() { return setup({Case::time_resolved}); }

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

/// x to the charges of a one-phase read, `batch` vectors at a time.
void drive_charges(benchmark::State& state, SimdLevel simd)
{
    const Setup& s = setup({Case::charge});
    const crossbar::ChargeDriver driver(s.config, s.chip.array, simd);
    crossbar::ChargeBatch charges;
    crossbar::ReadId id;
    for (auto _ : state) {
        driver.drive(s.workload.inputs.row(0), s.config.rows, batch, id, charges);
        id.read += batch;
        benchmark::DoNotOptimize(charges.phases.data());
        benchmark::ClobberMemory();
    }
    count_batches(state);
}

/// Such charges to counts.
void convert_charges(benchmark::State& state, SimdLevel simd)
{
    const Setup& s = setup({Case::charge});
    const mvm::AnalogPath path(s.config, s.chip, simd);
    const converters::ChargeAdc adc(s.config, path.adc().table(), {0, s.config.cols}, simd);
    crossbar::ChargeBatch charges;
    crossbar::ChargeDriver(s.config, s.chip.array, simd)
        .drive(s.workload.inputs.row(0), s.config.rows, batch, {}, charges);
    std::vector<std::int32_t> c_p(batch * s.config.cols), c_n(batch * s.config.cols);
    converters::ChargeAdc::Scratch scratch;
    converters::AdcEvents events;
    crossbar::ReadId id;
    for (auto _ : state) {
        std::fill(c_p.begin(), c_p.end(), 0);
        std::fill(c_n.begin(), c_n.end(), 0);
        adc.convert(charges, id, scratch, c_p.data(), c_n.data(), events);
        id.read += batch;
        benchmark::DoNotOptimize(c_p.data());
        benchmark::DoNotOptimize(c_n.data());
        benchmark::ClobberMemory();
    }
    count_batches(state);
}

/// x to what the oscillators hold after a time-resolved one-phase read without read noise, one
/// vector at a time.
void integrate_wave(benchmark::State& state, SimdLevel simd)
{
    const Setup& s = hermes();
    const mvm::AnalogPath path(s.config, s.chip, simd);
    const crossbar::WaveDriver driver(s.config, s.chip.array, simd);
    const converters::WaveAdc adc(s.config, path.adc().table(), {0, s.config.cols}, simd);
    crossbar::WavePlan plan;
    converters::WaveSums sums;
    std::size_t k = 0;
    for (auto _ : state) {
        driver.plan(s.workload.inputs.row(k++ % n_inputs), crossbar::Phase::all, plan);
        adc.integrate(driver, &plan, 1, crossbar::Phase::all, nullptr, sums);
        benchmark::DoNotOptimize(sums.sum_p.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

/// Standard normals of 256 columns for n reads at a time.
void draw_normals(benchmark::State& state, SimdLevel simd, std::size_t n)
{
    constexpr std::uint32_t cols = 256;
    std::vector<double> z(n * cols);
    Place place;
    place.purpose = Purpose::read_noise;
    for (auto _ : state) {
        normals(place, n, {0, cols}, simd, cols, z.data());
        benchmark::DoNotOptimize(z.data());
        benchmark::ClobberMemory();
        place.read += n;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(n) *
                            static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void add_stage_rows()
{
    for (const SimdLevel simd : levels()) {
        const std::string level = aimc::to_string(simd);
        for (const bool noise : {false, true}) {
            const std::string rest = (noise ? "/noise/" : "/no_noise/") + level;
            benchmark::RegisterBenchmark(("crossbar.drive" + rest).c_str(), drive, simd, noise)
                ->UseRealTime();
            benchmark::RegisterBenchmark(("adc.convert" + rest).c_str(), convert, simd, noise)
                ->UseRealTime();
        }
        const auto add = [&](const char* stage, auto run) {
            benchmark::RegisterBenchmark((stage + level).c_str(), run, simd)->UseRealTime();
        };
        add("crossbar.charges/batch_32/", drive_charges);
        add("adc.charges/batch_32/", convert_charges);
        add("adc.waves/", integrate_wave);
        for (const std::size_t n : {std::size_t{1}, std::size_t{16}}) {
            const std::string name = "normals/256/batch_" + std::to_string(n) + "/" + level;
            benchmark::RegisterBenchmark(name.c_str(), draw_normals, simd, n)->UseRealTime();
        }
    }
}

}  // namespace aimc::bench
