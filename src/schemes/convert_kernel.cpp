// SPDX-License-Identifier: Apache-2.0
#include "convert_kernel.h"

#include "aimc/base/random.h"
#include "aimc/schemes/scheme.h"

#include <cmath>

namespace aimc::schemes::detail {
namespace {

struct RowJob {
    const std::uint32_t* sums;
    const double *gain, *offset;
    const float* z;  ///< near normals
    double least, most, full_scale, sigma;
    std::int32_t* codes;
};

/// What one row of converters noticed.
struct RowFindings {
    std::int32_t over_range = 0;
    std::int32_t doubts = 0;  ///< codes that the exact normal could change
};

/// The converter's input without noise. [LSB]
AIMC_ALWAYS_INLINE double quiet_input(std::uint32_t sum, double gain, double offset, double most,
                                      double full_scale)
{
    const double s = static_cast<std::int32_t>(sum);
    return gain * (s * most / full_scale) + offset;
}

AIMC_ALWAYS_INLINE double code_of(double input, double least, double most)
{
    constexpr double whole = 0x1.8p52;  // doubles of this size have no fraction bits
    input = input > least ? input : least;
    input = input < most ? input : most;
    return (input + whole) - whole;
}

/// @param n  columns
template <bool noisy>
AIMC_ALWAYS_INLINE void row_body(const RowJob& job, std::size_t n, RowFindings& findings)
{
    const RowJob j = job;  // a copy: the codes could alias it otherwise
    std::int32_t over_range = 0;
    std::int32_t doubts = 0;
    for (std::size_t c = 0; c < n; ++c) {
        const double quiet = quiet_input(j.sums[c], j.gain[c], j.offset[c], j.most, j.full_scale);
        const std::int32_t below = quiet < j.least - 0.5 ? 1 : 0;
        const std::int32_t above = quiet > j.most + 0.5 ? 1 : 0;
        over_range += below + above;
        if (!noisy) {
            j.codes[c] = static_cast<std::int32_t>(code_of(quiet, j.least, j.most));
            continue;
        }
        const double noise = j.sigma * static_cast<double>(j.z[c]);
        const double input = quiet + noise;
        // 1e-6: inputs stay below 2^27 LSB, so that their sums are rounded by less than 2^-25
        const double off = std::fabs(noise) * near_normal_error + 1e-6;
        const auto low = static_cast<std::int32_t>(code_of(input - off, j.least, j.most));
        const auto high = static_cast<std::int32_t>(code_of(input + off, j.least, j.most));
        j.codes[c] = low;
        doubts += high - low;
    }
    findings.over_range = over_range;
    findings.doubts = doubts;
}
#define AIMC_ROW(name, noisy)                                                   \
    AIMC_SIMD_CLONES(name, (row_body<noisy>),                                   \
                     (const RowJob& job, std::size_t n, RowFindings& findings), \
                     (job, n, findings))
AIMC_ROW(quiet_row, false)
AIMC_ROW(noisy_row, true)
#undef AIMC_ROW

AIMC_ALWAYS_INLINE void add_body(const std::int32_t* codes, std::int32_t factor, std::size_t n,
                                 std::int32_t* to)
{
    for (std::size_t c = 0; c < n; ++c) { to[c] += factor * codes[c]; }
}
AIMC_SIMD_CLONES(add_loop, add_body,
                 (const std::int32_t* codes, std::int32_t factor, std::size_t n, std::int32_t* to),
                 (codes, factor, n, to))

}  // namespace

void add_codes(SimdLevel simd, const std::int32_t* codes, std::int32_t factor, std::size_t n,
               std::int32_t* to)
{
    add_loop(simd)(codes, factor, n, to);
}

ConvertKernel::ConvertKernel(const config::PimConfig& pim, SimdLevel simd)
    : least_(code_range(pim).least),
      most_(code_range(pim).most),
      full_scale_(full_scale(pim)),
      sigma_(pim.sigma_lsb),
      simd_(simd)
{
}

void ConvertKernel::convert_exactly(const Task& task, std::size_t row, std::int32_t* codes) const
{
    for (std::size_t c = 0; c < task.stride; ++c) {
        const std::size_t i = row * task.stride + c;
        const double quiet =
            quiet_input(task.sums[i], task.gain[c], task.offset[c], most_, full_scale_);
        const double input = quiet + sigma_ * normal_of(task.words[i]);
        codes[i] = static_cast<std::int32_t>(code_of(input, least_, most_));
    }
}

void ConvertKernel::run(const Task& task, AlignedVector<float>& z, std::int32_t* codes,
                        std::uint64_t& over_range) const
{
    const bool noisy = task.words != nullptr;
    if (noisy) {
        z.resize(task.rows * task.stride);
        near_normals(task.words, task.rows * task.stride, simd_, z.data());
    }
    const auto convert = noisy ? noisy_row(simd_) : quiet_row(simd_);
    for (std::size_t row = 0; row < task.rows; ++row) {
        const std::size_t at = row * task.stride;
        RowFindings findings;
        convert({task.sums + at, task.gain, task.offset, noisy ? z.data() + at : nullptr, least_,
                 most_, full_scale_, sigma_, codes + at},
                task.stride, findings);
        over_range += static_cast<std::uint64_t>(findings.over_range);
        if (noisy && findings.doubts > 0) { convert_exactly(task, row, codes); }
    }
}

}  // namespace aimc::schemes::detail
