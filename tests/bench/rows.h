// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include "setups.h"

#include <ctime>
#include <string>
#include <thread>
#include <vector>

namespace aimc::bench {

/// Each adds its rows to the run. A row is one entry of the table that scripts/bench.sh prints;
/// its items are MVMs. README.md says what each row does.
void add_plain_product();
void add_stage_rows();
void add_post_rows();
void add_batch_rows();
void add_kind_rows();
void add_function_rows();
void add_size_rows();
/// SystemC elaborates once per process, so all of these are of one tile and at one level.
void add_cycle_rows(const Subject& subject, SimdLevel simd);

/// The rate of the plain product at this moment, from some ten milliseconds of it; 0 without AVX2.
/// Jobs are measured one by one over minutes, in which a shared machine changes its speed.
double plain_products_per_cpu_s();

inline double seconds(clockid_t clock)
{
    timespec t{};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}
inline double cpu_seconds() { return seconds(CLOCK_PROCESS_CPUTIME_ID); }  ///< of all threads
inline double wall_seconds() { return seconds(CLOCK_MONOTONIC); }

/// avx2, because the plain product uses it, and the widest this machine has.
inline std::vector<SimdLevel> levels()
{
    std::vector<SimdLevel> chosen;
    for (const SimdLevel level : simd_levels()) {
        if (level == SimdLevel::avx2 || level == best_simd_level()) { chosen.push_back(level); }
    }
    return chosen;
}

/// 1, 2 and all that this machine has.
inline std::vector<int> thread_counts()
{
    const auto all = static_cast<int>(std::thread::hardware_concurrency());
    std::vector<int> counts{1};
    if (all > 1) { counts.push_back(2); }
    if (all > 2) { counts.push_back(all); }
    return counts;
}
inline std::string threads_name(int n)
{
    return std::to_string(n) + (n == 1 ? "_thread" : "_threads");
}

}  // namespace aimc::bench
