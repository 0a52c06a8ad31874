// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/simd.h"

namespace aimc {

std::vector<SimdLevel> simd_levels()
{
    std::vector<SimdLevel> levels{SimdLevel::scalar};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) { levels.push_back(SimdLevel::sse4); }
    if (__builtin_cpu_supports("avx2")) { levels.push_back(SimdLevel::avx2); }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        levels.push_back(SimdLevel::avx512);
    }
#endif
    return levels;
}

SimdLevel best_simd_level() { return simd_levels().back(); }

const char* to_string(SimdLevel level)
{
    switch (level) {
        case SimdLevel::scalar: return "scalar";
        case SimdLevel::sse4: return "sse4";
        case SimdLevel::avx2: return "avx2";
        case SimdLevel::avx512: return "avx512";
    }
    return "?";
}

}  // namespace aimc
