// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/aligned.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/converters/curves.h"

#include <cstdint>

namespace aimc::converters {

/// Sums of some columns in one conversion for a CountKernel: whole numbers below 2^52.
struct CountTask {
    const double* sum;               ///< [n] 2^-fraction counts
    const std::uint32_t* words;      ///< [n] random words of the thermal noise; nullptr: none
    const std::int32_t* side;        ///< [n] -1: the curve of c-; nullptr: all on the first curves
    const double *offset, *ceiling;  ///< [n, and n more for the other side] free-running count, end
    std::size_t n;
};

/// How the batched forms of the converter count:
///
///   count = min(floor((clamp(sum + noise + offset, 0, ceiling) + bias) / 2^drop), most)
///
/// with thermal noise only where the sum is above 0: a counter that did not run has none. Normals
/// are near ones; a count that they leave open is made again exactly.
class CountKernel {
public:
    struct Scratch {
        AlignedVector<float> z;
        AlignedVector<std::int32_t> doubtful;
    };
    CountKernel(const config::AdcConfig& config, const CurveTable& table, SimdLevel simd);

    bool is_noisy() const { return thermal_ > 0.0; }
    /// @param count  [n] is set
    void run(const CountTask& task, Scratch& scratch, std::int32_t* count) const;

private:
    std::int32_t exact(const CountTask& task, std::size_t column) const;

    double thermal_;  ///< sd [2^-fraction counts]; 0: none
    double bias_, unit_, most_;
    SimdLevel simd_;
};

/// to += count, n of them.
void add_counts(SimdLevel simd, const std::int32_t* count, std::size_t n, std::int32_t* to);

}  // namespace aimc::converters
