// SPDX-License-Identifier: Apache-2.0
#include "plain_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace aimc::bench::plain {
namespace {

constexpr std::size_t registers = 8;  // sums held at once

/// x of rows 2p and 2p+1 in one word.
inline int pair_of(const std::int16_t* x, std::size_t p)
{
    return static_cast<int>(static_cast<std::uint32_t>(static_cast<std::uint16_t>(x[2 * p])) |
                            static_cast<std::uint32_t>(static_cast<std::uint16_t>(x[2 * p + 1]))
                                << 16U);
}

__attribute__((target("avx2"))) void product_avx2(const std::int16_t* pairs, const std::int16_t* x,
                                                  std::int32_t* y)
{
    constexpr std::size_t lanes = 8;  // int32 columns in a register
    for (std::size_t first = 0; first < cols; first += lanes * registers) {
        __m256i sum[registers];
        for (auto& s : sum) { s = _mm256_setzero_si256(); }
        for (std::size_t p = 0; p < rows / 2; ++p) {
            const __m256i two = _mm256_set1_epi32(pair_of(x, p));
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

__attribute__((target("avx512f,avx512bw"))) void product_avx512(const std::int16_t* pairs,
                                                                const std::int16_t* x,
                                                                std::int32_t* y)
{
    constexpr std::size_t lanes = 16;
    for (std::size_t first = 0; first < cols; first += lanes * registers) {
        __m512i sum[registers];
        for (auto& s : sum) { s = _mm512_setzero_si512(); }
        for (std::size_t p = 0; p < rows / 2; ++p) {
            const __m512i two = _mm512_set1_epi32(pair_of(x, p));
            const std::int16_t* w = pairs + (p * cols + first) * 2;
            for (std::size_t k = 0; k < registers; ++k) {
                sum[k] = _mm512_add_epi32(
                    sum[k], _mm512_madd_epi16(_mm512_loadu_si512(w + k * lanes * 2), two));
            }
        }
        for (std::size_t k = 0; k < registers; ++k) {
            _mm512_storeu_si512(y + first + k * lanes, sum[k]);
        }
    }
}

}  // namespace

Product avx2() { return __builtin_cpu_supports("avx2") != 0 ? product_avx2 : nullptr; }
Product avx512() { return __builtin_cpu_supports("avx512bw") != 0 ? product_avx512 : nullptr; }

}  // namespace aimc::bench::plain
#else
namespace aimc::bench::plain {
Product avx2() { return nullptr; }
Product avx512() { return nullptr; }
}  // namespace aimc::bench::plain
#endif
