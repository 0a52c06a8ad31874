// SPDX-License-Identifier: Apache-2.0
#include "philox_batch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace aimc::detail {
namespace {

AIMC_ALWAYS_INLINE std::uint32_t high_half(std::uint32_t x, std::uint32_t y)
{
    return static_cast<std::uint32_t>((std::uint64_t{x} * y) >> 32U);
}

/// A recursion, so that the compiler sees one straight line and keeps a lane in registers.
template <int rounds>
AIMC_ALWAYS_INLINE void run_rounds(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c,
                                   std::uint32_t& d, PhiloxKey key)
{
    if constexpr (rounds > 0) {
        constexpr std::uint32_t m0 = 0xd2511f53U;
        constexpr std::uint32_t m1 = 0xcd9e8d57U;
        const std::uint32_t high0 = high_half(m0, a);
        const std::uint32_t high1 = high_half(m1, c);
        const std::uint32_t low0 = m0 * a;
        const std::uint32_t low1 = m1 * c;
        a = high1 ^ b ^ key.low;
        b = low1;
        c = high0 ^ d ^ key.high;
        d = low0;
        run_rounds<rounds - 1>(a, b, c, d, {key.low + 0x9e3779b9U, key.high + 0xbb67ae85U});
    }
}

AIMC_ALWAYS_INLINE void philox_body(const PhiloxCounters& counters, std::size_t n, PhiloxKey key,
                                    std::uint32_t* word)
{
    PhiloxCounters out;
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t a = counters.a[i];
        std::uint32_t b = counters.b[i];
        std::uint32_t c = counters.c[i];
        std::uint32_t d = counters.d[i];
        run_rounds<10>(a, b, c, d, key);
        out.a[i] = a;
        out.b[i] = b;
        out.c[i] = c;
        out.d[i] = d;
    }
    for (std::size_t i = 0; i < n; ++i) {
        word[4 * i] = out.a[i];
        word[4 * i + 1] = out.b[i];
        word[4 * i + 2] = out.c[i];
        word[4 * i + 3] = out.d[i];
    }
}
AIMC_SIMD_CLONES(portable_philox, philox_body,
                 (const PhiloxCounters& counters, std::size_t n, PhiloxKey key,
                  std::uint32_t* word),
                 (counters, n, key, word))

#if defined(__x86_64__)
__attribute__((target("avx2"))) inline __m256i low_halves(const std::uint32_t* from)
{
    return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

/// Four blocks, one to each 64-bit lane; only the low halves count, so a product is one instruction
/// and both of its halves are used where they are. Twice as fast as what compilers make of it.
__attribute__((target("avx2"))) inline void four_blocks(const PhiloxCounters& counters,
                                                        std::size_t i, PhiloxKey key,
                                                        std::uint32_t* word)
{
    const __m256i m0 = _mm256_set1_epi64x(0xd2511f53);
    const __m256i m1 = _mm256_set1_epi64x(0xcd9e8d57);
    __m256i a = low_halves(counters.a + i);
    __m256i b = low_halves(counters.b + i);
    __m256i c = low_halves(counters.c + i);
    __m256i d = low_halves(counters.d + i);
    for (int round = 0; round < 10; ++round) {
        const __m256i product0 = _mm256_mul_epu32(a, m0);
        const __m256i product1 = _mm256_mul_epu32(c, m1);
        const __m256i low = _mm256_set1_epi64x(key.low);
        const __m256i high = _mm256_set1_epi64x(key.high);
        a = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product1, 32), b), low);
        c = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product0, 32), d), high);
        b = product1;
        d = product0;
        key = {key.low + 0x9e3779b9U, key.high + 0xbb67ae85U};
    }
    const __m256i ab = _mm256_blend_epi32(a, _mm256_slli_epi64(b, 32), 0xaa);
    const __m256i cd = _mm256_blend_epi32(c, _mm256_slli_epi64(d, 32), 0xaa);
    const __m256i even = _mm256_unpacklo_epi64(ab, cd);  // blocks 0 and 2
    const __m256i odd = _mm256_unpackhi_epi64(ab, cd);
    auto* to = reinterpret_cast<__m256i*>(word + 4 * i);
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(even, odd, 0x31));
}

__attribute__((target("avx2"))) void wide_philox(const PhiloxCounters& counters, std::size_t n,
                                                 PhiloxKey key, std::uint32_t* word)
{
    for (std::size_t i = 0; i < n; i += 8) {
        four_blocks(counters, i, key, word);
        four_blocks(counters, i + 4, key, word);
    }
}

__attribute__((target("avx512f,avx512dq"))) inline __m512i eight_low_halves(
    const std::uint32_t* from)
{
    return _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

/// The same with eight blocks.
__attribute__((target("avx512f,avx512dq"))) void widest_philox(const PhiloxCounters& counters,
                                                               std::size_t n, PhiloxKey key,
                                                               std::uint32_t* word)
{
    constexpr int xor_of_three = 0x96;
    const __m512i m0 = _mm512_set1_epi64(0xd2511f53);
    const __m512i m1 = _mm512_set1_epi64(0xcd9e8d57);
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    for (std::size_t i = 0; i < n; i += 8) {
        __m512i a = eight_low_halves(counters.a + i);
        __m512i b = eight_low_halves(counters.b + i);
        __m512i c = eight_low_halves(counters.c + i);
        __m512i d = eight_low_halves(counters.d + i);
        PhiloxKey now = key;
        for (int round = 0; round < 10; ++round) {
            const __m512i product0 = _mm512_mul_epu32(a, m0);
            const __m512i product1 = _mm512_mul_epu32(c, m1);
            a = _mm512_ternarylogic_epi64(_mm512_srli_epi64(product1, 32), b,
                                          _mm512_set1_epi64(now.low), xor_of_three);
            c = _mm512_ternarylogic_epi64(_mm512_srli_epi64(product0, 32), d,
                                          _mm512_set1_epi64(now.high), xor_of_three);
            b = product1;
            d = product0;
            now = {now.low + 0x9e3779b9U, now.high + 0xbb67ae85U};
        }
        const __m512i ab = _mm512_mask_blend_epi32(0xaaaa, a, _mm512_slli_epi64(b, 32));
        const __m512i cd = _mm512_mask_blend_epi32(0xaaaa, c, _mm512_slli_epi64(d, 32));
        const __m512i even = _mm512_unpacklo_epi64(ab, cd);  // blocks 0, 2, 4, 6
        const __m512i odd = _mm512_unpackhi_epi64(ab, cd);
        _mm512_storeu_si512(word + 4 * i, _mm512_permutex2var_epi64(even, first, odd));
        _mm512_storeu_si512(word + 4 * i + 16, _mm512_permutex2var_epi64(even, second, odd));
    }
}
#endif

}  // namespace

Philox philox_for(SimdLevel level)
{
#if defined(__x86_64__)
    if (level == SimdLevel::avx512) { return &widest_philox; }
    if (level == SimdLevel::avx2) { return &wide_philox; }
#endif
    return portable_philox(level);
}

}  // namespace aimc::detail
