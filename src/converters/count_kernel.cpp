// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/count_kernel.h"

#include "aimc/base/random.h"

#include "count_rule.h"

#include <algorithm>
#include <cmath>

namespace aimc::converters {
namespace {

struct CountJob {
    const double* sum;
    const float* z;
    const std::int32_t* side;  ///< -1: the counter c-
    const double *offset, *ceiling;
    std::size_t to_n;  ///< from a column's curve of c+ to that of c-
    double thermal, bias, unit, most;
    std::int32_t *count, *doubtful;
};

AIMC_ALWAYS_INLINE double counts_of(double total, double ceiling, const CountJob& j)
{
    total = total > 0.0 ? total : 0.0;
    total = total < ceiling ? total : ceiling;
    const double count = std::floor((total + j.bias) * j.unit);
    return count < j.most ? count : j.most;
}

/// @return columns whose count is not sure
template <bool has_noise, bool two_sides>
AIMC_ALWAYS_INLINE void count_body(const CountJob& job, std::size_t n, std::int32_t& doubts)
{
    const CountJob j = job;  // a copy: the counts could alias it otherwise
    std::int32_t all_doubts = 0;
    for (std::size_t c = 0; c < n; ++c) {
        double offset = j.offset[c];
        double ceiling = j.ceiling[c];
        if (two_sides) {
            const double offset_n = j.offset[j.to_n + c];
            const double ceiling_n = j.ceiling[j.to_n + c];
            offset = j.side[c] < 0 ? offset_n : offset;
            ceiling = j.side[c] < 0 ? ceiling_n : ceiling;
        }
        const double sum = j.sum[c];
        if (!has_noise) {
            j.count[c] = static_cast<std::int32_t>(counts_of(sum + offset, ceiling, j));
            continue;
        }
        // a counter that did not run has no noise
        const double noise = sum > 0.0 ? j.thermal * static_cast<double>(j.z[c]) : 0.0;
        // the draw is rounded by half a unit, the sums in doubles by less than one below 2^52
        const double off = std::fabs(noise) * near_normal_error + 2.0;
        const double total = sum + noise + offset;
        const double low = counts_of(total - off, ceiling, j);
        const double high = counts_of(total + off, ceiling, j);
        const std::int32_t doubt = low < high ? 1 : 0;
        j.count[c] = static_cast<std::int32_t>(low);
        j.doubtful[c] = doubt;
        all_doubts += doubt;
    }
    doubts = all_doubts;
}
#define AIMC_COUNT(name, has_noise, two_sides)                 \
    AIMC_SIMD_CLONES(name, (count_body<has_noise, two_sides>), \
                     (const CountJob& job, std::size_t n, std::int32_t& doubts), (job, n, doubts))
AIMC_COUNT(count_quiet, false, false)
AIMC_COUNT(count_noisy, true, false)
AIMC_COUNT(count_quiet_sides, false, true)
AIMC_COUNT(count_noisy_sides, true, true)
#undef AIMC_COUNT

AIMC_ALWAYS_INLINE void add_body(const std::int32_t* count, std::size_t n, std::int32_t* to)
{
    for (std::size_t c = 0; c < n; ++c) { to[c] += count[c]; }
}
AIMC_SIMD_CLONES(add_loop, add_body, (const std::int32_t* count, std::size_t n, std::int32_t* to),
                 (count, n, to))

}  // namespace

void add_counts(SimdLevel simd, const std::int32_t* count, std::size_t n, std::int32_t* to)
{
    add_loop(simd)(count, n, to);
}

CountKernel::CountKernel(const config::AdcConfig& config, const CurveTable& table, SimdLevel simd)
    : thermal_(config.sigma_lsb > 0.0 ? config.sigma_lsb * std::ldexp(1.0, table.fraction) : 0.0),
      simd_(simd)
{
    const detail::CountRule rule = detail::count_rule(config, table.fraction);
    bias_ = static_cast<double>(rule.bias);
    unit_ = std::ldexp(1.0, -rule.drop);
    most_ = static_cast<double>(rule.most);
}

std::int32_t CountKernel::exact(const CountTask& task, std::size_t column) const
{
    const bool to_n = task.side != nullptr && task.side[column] < 0;
    const std::size_t curve = to_n ? task.n + column : column;
    double sum = task.sum[column];
    if (sum > 0.0) { sum += std::floor(thermal_ * normal_of(task.words[column]) + 0.5); }
    const double total = std::min(std::max(sum + task.offset[curve], 0.0), task.ceiling[curve]);
    return static_cast<std::int32_t>(std::min(std::floor((total + bias_) * unit_), most_));
}

void CountKernel::run(const CountTask& task, Scratch& s, std::int32_t* count) const
{
    const bool noisy = task.words != nullptr;
    const bool sides = task.side != nullptr;
    s.z.resize(task.n);
    s.doubtful.resize(task.n);
    if (noisy) { near_normals(task.words, task.n, simd_, s.z.data()); }
    const CountJob job{task.sum,     s.z.data(), task.side, task.offset,
                       task.ceiling, task.n,     thermal_,  bias_,
                       unit_,        most_,      count,     s.doubtful.data()};
    std::int32_t doubts = 0;
    const auto loop = noisy ? (sides ? count_noisy_sides(simd_) : count_noisy(simd_))
                            : (sides ? count_quiet_sides(simd_) : count_quiet(simd_));
    loop(job, task.n, doubts);
    for (std::size_t c = 0; c < task.n && doubts > 0; ++c) {
        if (s.doubtful[c] != 0) { count[c] = exact(task, c); }
    }
}

}  // namespace aimc::converters
