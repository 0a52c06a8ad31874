// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/pair_product.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace aimc {
namespace {

void product_scalar(const PairJob& job)
{
    const std::size_t stride = job.blocks * pair_block_cols;
    for (std::size_t b = 0; b < job.blocks; ++b) {
        const std::int16_t* cells = job.cells + b * job.pairs * pair_block_cols * 2;
        for (std::size_t k = 0; k < job.vectors; ++k) {
            const std::int16_t* x = job.factors + k * job.pairs * 2;
            std::int32_t sum[pair_block_cols] = {};
            for (std::size_t p = job.from; p < job.to; ++p) {
                const std::int16_t* g = cells + p * pair_block_cols * 2;
                for (std::size_t c = 0; c < pair_block_cols; ++c) {
                    const std::int32_t two = g[2 * c] * x[2 * p] + g[2 * c + 1] * x[2 * p + 1];
                    sum[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum[c]) +
                                                       static_cast<std::uint32_t>(two));
                }
            }
            std::memcpy(job.sums + k * stride + b * pair_block_cols, sum, sizeof sum);
        }
    }
}

#if defined(__x86_64__)

// One loop for three register widths; the instructions have other names for each, and a template
// cannot carry a target. at_once * words sums stay in registers. `at_once` vectors share one pass
// over their cells; what is left over goes one by one.
#define AIMC_PAIR_LOOP(at_once, Word, words, load, store, set1, zero, madd, add)                   \
    for (; k + (at_once) <= job.vectors; k += (at_once)) {                                         \
        const std::int16_t* x = job.factors + k * job.pairs * 2;                                   \
        Word sum[at_once][words];                                                                  \
        for (auto& of_vector : sum) {                                                              \
            for (auto& s : of_vector) { s = zero(); }                                              \
        }                                                                                          \
        for (std::size_t p = job.from; p < job.to; ++p) {                                          \
            const auto* g = reinterpret_cast<const Word*>(cells + p * pair_block_cols * 2);        \
            Word cell[words];                                                                      \
            for (std::size_t w = 0; w < (words); ++w) { cell[w] = load(g + w); }                   \
            for (std::size_t v = 0; v < (at_once); ++v) {                                          \
                std::int32_t two = 0;                                                              \
                std::memcpy(&two, x + (v * job.pairs + p) * 2, sizeof two);                        \
                const Word factor = set1(two);                                                     \
                for (std::size_t w = 0; w < (words); ++w) {                                        \
                    sum[v][w] = add(sum[v][w], madd(cell[w], factor));                             \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
        for (std::size_t v = 0; v < (at_once); ++v) {                                              \
            auto* to = reinterpret_cast<Word*>(job.sums + (k + v) * stride + b * pair_block_cols); \
            for (std::size_t w = 0; w < (words); ++w) { store(to + w, sum[v][w]); }                \
        }                                                                                          \
    }
#define AIMC_PAIR_PRODUCT(name, isa, at_once, ...)                                       \
    __attribute__((target(isa))) void name(const PairJob& job)                           \
    {                                                                                    \
        const std::size_t stride = job.blocks * pair_block_cols;                         \
        for (std::size_t b = 0; b < job.blocks; ++b) {                                   \
            const std::int16_t* cells = job.cells + b * job.pairs * pair_block_cols * 2; \
            std::size_t k = 0;                                                           \
            AIMC_PAIR_LOOP(at_once, __VA_ARGS__)                                         \
            AIMC_PAIR_LOOP(1, __VA_ARGS__)                                               \
        }                                                                                \
    }

AIMC_PAIR_PRODUCT(product_sse4, "sse4.2", 2, __m128i, 4, _mm_loadu_si128, _mm_storeu_si128,
                  _mm_set1_epi32, _mm_setzero_si128, _mm_madd_epi16, _mm_add_epi32)
AIMC_PAIR_PRODUCT(product_avx2, "avx2", 4, __m256i, 2, _mm256_loadu_si256, _mm256_storeu_si256,
                  _mm256_set1_epi32, _mm256_setzero_si256, _mm256_madd_epi16, _mm256_add_epi32)
AIMC_PAIR_PRODUCT(product_avx512, "avx512f,avx512bw,avx512dq,avx512vl", 8, __m512i, 1,
                  _mm512_loadu_si512, _mm512_storeu_si512, _mm512_set1_epi32, _mm512_setzero_si512,
                  _mm512_madd_epi16, _mm512_add_epi32)
#undef AIMC_PAIR_LOOP
#undef AIMC_PAIR_PRODUCT

#endif

}  // namespace

PairProduct pair_product(SimdLevel level)
{
    switch (level) {
#if defined(__x86_64__)
        case SimdLevel::sse4: return &product_sse4;
        case SimdLevel::avx2: return &product_avx2;
        case SimdLevel::avx512: return &product_avx512;
#endif
        default: return &product_scalar;
    }
}

}  // namespace aimc
