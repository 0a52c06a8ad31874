// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace aimc {

/// Instruction sets that the hot loops are compiled for. All give the same integers.
enum class SimdLevel { scalar, sse4, avx2, avx512 };

SimdLevel best_simd_level();             ///< the widest one this machine has
std::vector<SimdLevel> simd_levels();    ///< all that this machine has, narrowest first
const char* to_string(SimdLevel level);  ///< "scalar", "sse4", "avx2", "avx512"

}  // namespace aimc

// One loop, four machines: AIMC_SIMD_CLONES defines name(SimdLevel, args...) that runs the
// always-inlined `body` compiled for the chosen level. `body` must use integers, or floating point
// whose order does not depend on the vector width, so that every level gives the same result.
#if defined(__x86_64__)
#define AIMC_SIMD_CLONES(name, body, parameters, arguments)                                  \
    static void name##_scalar parameters { body arguments; }                                 \
    __attribute__((target("sse4.2"))) static void name##_sse4 parameters { body arguments; } \
    __attribute__((target("avx2"))) static void name##_avx2 parameters { body arguments; }   \
    __attribute__((                                                                          \
        target("avx512f,avx512bw,avx512dq,avx512vl"))) static void name##_avx512 parameters  \
    {                                                                                        \
        body arguments;                                                                      \
    }                                                                                        \
    static constexpr auto name = [](::aimc::SimdLevel level) {                               \
        switch (level) {                                                                     \
            case ::aimc::SimdLevel::sse4: return &name##_sse4;                               \
            case ::aimc::SimdLevel::avx2: return &name##_avx2;                               \
            case ::aimc::SimdLevel::avx512: return &name##_avx512;                           \
            case ::aimc::SimdLevel::scalar: break;                                           \
        }                                                                                    \
        return &name##_scalar;                                                               \
    };
#else
#define AIMC_SIMD_CLONES(name, body, parameters, arguments)  \
    static void name##_scalar parameters { body arguments; } \
    static constexpr auto name = [](::aimc::SimdLevel) { return &name##_scalar; };
#endif
#define AIMC_ALWAYS_INLINE inline __attribute__((always_inline))

// In front of a `for`: no turn reads what another writes, which a compiler cannot see of many
// pointers.
#if defined(__clang__)
#define AIMC_INDEPENDENT_TURNS _Pragma("clang loop vectorize(assume_safety)")
#else
#define AIMC_INDEPENDENT_TURNS _Pragma("GCC ivdep")
#endif
