// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <vector>

namespace aimc::bench {

/// Each adds its rows to the run. A row is one entry of the table that scripts/bench.sh prints;
/// its items are MVMs. README.md says what each row does.
void add_plain_product();
void add_stage_rows();
void add_function_rows();
void add_cycle_rows();

/// avx2, because the plain product uses it, and the widest this machine has.
inline std::vector<SimdLevel> levels()
{
    std::vector<SimdLevel> chosen;
    for (const SimdLevel level : simd_levels()) {
        if (level == SimdLevel::avx2 || level == best_simd_level()) { chosen.push_back(level); }
    }
    return chosen;
}

}  // namespace aimc::bench
