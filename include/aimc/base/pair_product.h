// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <cstddef>
#include <cstdint>

// The integer matrix product of a batch of vectors, as the multiply-add instruction wants it: rows
// 2p and 2p + 1 of a column side by side.
namespace aimc {

constexpr std::size_t pair_block_cols = 16;  ///< columns that are summed side by side

/// sums[k][c] = sum over the pairs of cells[c] * factors[k], modulo 2^32.
struct PairJob {
    const std::int16_t* cells;    ///< [column blocks x pairs x pair_block_cols x 2]
    const std::int16_t* factors;  ///< [vectors x pairs x 2]
    std::size_t pairs;            ///< rows / 2, rounded up
    std::size_t from, to;         ///< which of the pairs are summed
    std::size_t blocks;           ///< of columns
    std::size_t vectors;
    std::uint32_t* sums;  ///< [vectors x blocks * pair_block_cols]
};

using PairProduct = void (*)(const PairJob&);
PairProduct pair_product(SimdLevel level);

}  // namespace aimc
