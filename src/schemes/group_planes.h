// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/aligned.h"
#include "aimc/base/matrix.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/window.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::schemes::detail {

/// Which part of the input codes is on the word lines.
struct Slice {
    bool negative = false;  ///< the pass of negative inputs: their magnitudes
    int shift = 0;          ///< [bit] of the magnitude
    int bits = 1;
};

/// The analog part: what each physical column holds, packed for the pair product group by group,
/// and the partial sums of one group.
class GroupPlanes {
public:
    GroupPlanes(const config::PimConfig& pim, const Matrix<std::int16_t>& weights,
                config::Range rows, config::Range cols);

    /// The codes of n vectors in one slice, each group in whole pairs.
    /// @param x        n vectors of `rows` codes, `x_stride` apart
    /// @param factors  [n x factor_stride()] results
    void pack(const std::int8_t* x, std::size_t x_stride, std::size_t n, const Slice& slice,
              std::int16_t* factors) const;

    /// @param sums  [n x stride()] partial sums of one group in one physical column, modulo 2^32
    void sum(std::size_t physical, std::size_t group, const std::int16_t* factors, std::size_t n,
             SimdLevel simd, std::uint32_t* sums) const;

    std::size_t groups() const { return groups_; }
    std::size_t physical_columns() const { return cells_.size(); }
    std::size_t stride() const;  ///< columns in whole SIMD words
    std::size_t factor_stride() const { return 2 * groups_ * pairs_; }

private:
    std::size_t rows_, group_size_, groups_, pairs_, blocks_;  ///< pairs: of one group
    /// [physical columns] of [column blocks x pairs of all groups x pair_block_cols x 2]
    std::vector<AlignedVector<std::int16_t>> cells_;
};

}  // namespace aimc::schemes::detail
