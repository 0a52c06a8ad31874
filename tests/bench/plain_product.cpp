// SPDX-License-Identifier: Apache-2.0
// The plain product: what the bars are measured against. 256 x 256, batch 1, 128 kB of weights.
#include "plain_kernels.h"
#include "rows.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

namespace aimc::bench {
namespace {

using plain::cols;
using plain::rows;
constexpr std::size_t n_inputs = 16;  // so that no branch predictor learns one input by heart

/// A small generator of its own: the speed does not depend on the numbers, only the check does.
struct Numbers {
    std::uint32_t state = 12345;
    int next(int range)  // -range .. range
    {
        state = state * 1664525U + 1013904223U;
        return static_cast<int>(state >> 8U) % (2 * range + 1) - range;
    }
};

/// A cache line of weights: where the allocator puts them would be a quarter of the speed.
struct alignas(64) Line {
    std::int16_t pairs[32];
};

/// Numbers to multiply, held against the scalar product once.
struct Operands {
    plain::Product product;
    std::vector<Line> lines = std::vector<Line>(rows * cols / 32);
    std::vector<std::int16_t> x = std::vector<std::int16_t>(n_inputs * rows);
    std::vector<std::int32_t> y = std::vector<std::int32_t>(cols);
    std::size_t next = 0;

    explicit Operands(plain::Product by) : product(by)
    {
        Numbers numbers;
        for (Line& line : lines) {
            for (auto& v : line.pairs) { v = static_cast<std::int16_t>(numbers.next(32767)); }
        }
        for (auto& v : x) { v = static_cast<std::int16_t>(numbers.next(127)); }
        product(lines.front().pairs, x.data(), y.data());
        for (std::size_t c = 0; c < cols; ++c) {
            std::int32_t expected = 0;
            for (std::size_t r = 0; r < rows; ++r) { expected += weight(r, c) * x[r]; }
            if (y[c] != expected) { throw std::logic_error("the plain product is wrong"); }
        }
    }
    int weight(std::size_t r, std::size_t c) const
    {
        const std::size_t at = (r / 2 * cols + c) * 2 + r % 2;
        return lines[at / 32].pairs[at % 32];
    }
    void multiply()
    {
        product(lines.front().pairs, x.data() + next++ % n_inputs * rows, y.data());
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
    }
};

void run(benchmark::State& state, plain::Product product)
{
    Operands operands(product);
    for (auto _ : state) { operands.multiply(); }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

/// The products that n threads make in a second of wall time, each with operands of its own.
double products_per_s(int n_threads)
{
    constexpr int each = 50000;
    std::vector<Operands> operands(static_cast<std::size_t>(n_threads), Operands(plain::avx2()));
    std::vector<std::thread> threads;
    const double start = wall_seconds();
    for (Operands& own : operands) {
        threads.emplace_back([&own] {
            for (int i = 0; i < each; ++i) { own.multiply(); }
        });
    }
    for (std::thread& thread : threads) { thread.join(); }
    return n_threads * each / (wall_seconds() - start);
}

/// What several threads are worth where they share nothing: how many cores are free.
void run_on_threads(benchmark::State& state, int threads)
{
    constexpr std::int64_t items = 100000;
    for (auto _ : state) {
        const double one = products_per_s(1);
        const double cpu_start = cpu_seconds(), wall_start = wall_seconds();
        const double rate = products_per_s(threads);
        const double busy = (cpu_seconds() - cpu_start) / (wall_seconds() - wall_start);
        state.SetIterationTime(static_cast<double>(items) / rate);
        state.counters["x_1_thread"] = rate / one;
        state.counters["mvms_per_cpu_s"] = rate / busy;
    }
    state.SetItemsProcessed(items);
    state.counters["n_threads"] = threads;
}

}  // namespace

void add_plain_product()
{
    if (plain::avx2() != nullptr) {
        benchmark::RegisterBenchmark("plain_product/avx2", run, plain::avx2())->UseRealTime();
        for (const int threads : thread_counts()) {
            if (threads == 1) { continue; }
            benchmark::RegisterBenchmark(("plain_product/avx2/" + threads_name(threads)).c_str(),
                                         run_on_threads, threads)
                ->UseManualTime()
                ->Iterations(1);
        }
    }
    if (plain::avx512() != nullptr) {
        benchmark::RegisterBenchmark("plain_product/avx512", run, plain::avx512())->UseRealTime();
    }
}

double plain_products_per_cpu_s()
{
    if (plain::avx2() == nullptr) { return 0.0; }  // no bar: the table then has no ratios
    static Operands operands(plain::avx2());
    constexpr int n = 2500;
    for (int i = 0; i < n / 10; ++i) { operands.multiply(); }  // into the cache
    const double start = cpu_seconds();
    for (int i = 0; i < n; ++i) { operands.multiply(); }
    return n / (cpu_seconds() - start);
}

}  // namespace aimc::bench
