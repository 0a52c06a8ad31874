// SPDX-License-Identifier: Apache-2.0
// The plain product: what the bars are measured against. y = W^T x, 256 x 256, batch 1, one thread.
#include "rows.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>

namespace aimc::bench {
namespace {

constexpr std::size_t rows = 256;
constexpr std::size_t cols = 256;
constexpr std::size_t n_inputs = 16;  // so that no branch predictor learns one input by heart

/// Weights as the multiply-add instruction wants them: rows 2p and 2p+1 of a column side by side.
/// Shape [rows / 2][cols][2].
std::vector<std::int16_t> interleaved(const std::vector<std::int16_t>& w)
{
    std::vector<std::int16_t> pairs(rows * cols);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cols; ++c) {
            pairs[(r / 2 * cols + c) * 2 + r % 2] = w[r * cols + c];
        }
    }
    return pairs;
}

/// @param pairs  interleaved weights    @param x  [rows] int8 codes as int16   @param y  [cols]
__attribute__((target("avx2"))) void product(const std::int16_t* pairs, const std::int16_t* x,
                                             std::int32_t* y)
{
    constexpr std::size_t lanes = 8;      // int32 columns in a register
    constexpr std::size_t registers = 8;  // sums held at once: 64 columns
    for (std::size_t first = 0; first < cols; first += lanes * registers) {
        __m256i sum[registers];
        for (auto& s : sum) { s = _mm256_setzero_si256(); }
        for (std::size_t p = 0; p < rows / 2; ++p) {
            const __m256i two = _mm256_set1_epi32(static_cast<int>(
                static_cast<std::uint32_t>(static_cast<std::uint16_t>(x[2 * p])) |
                static_cast<std::uint32_t>(static_cast<std::uint16_t>(x[2 * p + 1])) << 16U));
            const auto* w = reinterpret_cast<const __m256i*>(pairs + (p * cols + first) * 2);
            for (std::size_t k = 0; k < registers; ++k) {
                sum[k] =
                    _mm256_add_epi32(sum[k], _mm256_madd_epi16(_mm256_loadu_si256(w + k), two));
            }
        }
        auto* out = reinterpret_cast<__m256i*>(y + first);
        for (std::size_t k = 0; k < registers; ++k) { _mm256_storeu_si256(out + k, sum[k]); }
    }
}

/// A small generator of its own: the speed does not depend on the numbers, only the check does.
struct Numbers {
    std::uint32_t state = 12345;
    int next(int range)  // -range .. range
    {
        state = state * 1664525U + 1013904223U;
        return static_cast<int>(state >> 8U) % (2 * range + 1) - range;
    }
};

/// Numbers to multiply, held against the scalar product once.
struct Operands {
    std::vector<std::int16_t> pairs;
    std::vector<std::int16_t> x = std::vector<std::int16_t>(n_inputs * rows);
    std::vector<std::int32_t> y = std::vector<std::int32_t>(cols);
    std::size_t next = 0;

    Operands()
    {
        Numbers numbers;
        std::vector<std::int16_t> w(rows * cols);
        for (auto& v : w) { v = static_cast<std::int16_t>(numbers.next(32767)); }
        for (auto& v : x) { v = static_cast<std::int16_t>(numbers.next(127)); }
        pairs = interleaved(w);
        product(pairs.data(), x.data(), y.data());
        for (std::size_t c = 0; c < cols; ++c) {
            std::int32_t expected = 0;
            for (std::size_t r = 0; r < rows; ++r) { expected += w[r * cols + c] * x[r]; }
            if (y[c] != expected) { throw std::logic_error("the plain product is wrong"); }
        }
    }
    void multiply()
    {
        product(pairs.data(), x.data() + next++ % n_inputs * rows, y.data());
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
    }
};

void run(benchmark::State& state)
{
    Operands operands;
    for (auto _ : state) { operands.multiply(); }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void add_plain_product()
{
    if (__builtin_cpu_supports("avx2") != 0) {
        benchmark::RegisterBenchmark("plain_product/avx2", run)->UseRealTime();
    }
}

double plain_products_per_cpu_s()
{
    if (__builtin_cpu_supports("avx2") == 0) { return 0.0; }
    static Operands operands;
    constexpr int n = 10000;
    for (int i = 0; i < n / 10; ++i) { operands.multiply(); }  // into the cache
    const double start = cpu_seconds();
    for (int i = 0; i < n; ++i) { operands.multiply(); }
    return n / (cpu_seconds() - start);
}

}  // namespace aimc::bench
#else
namespace aimc::bench {
void add_plain_product() {}  // no AVX2, no bar: the table then has no ratios
double plain_products_per_cpu_s() { return 0.0; }
}  // namespace aimc::bench
#endif
