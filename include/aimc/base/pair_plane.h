// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/aligned.h"
#include "aimc/base/pair_product.h"
#include "aimc/base/simd.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace aimc {

/// A matrix of whole numbers, laid out for the pair product, whose sums over rows are
/// exact: int32 over as many rows as cannot overflow, doubles across these.
struct PairPlane {
    AlignedVector<std::int16_t> cells;  ///< [column blocks x pairs x pair_block_cols x 2]
    std::size_t pairs = 0, blocks = 0;
    std::size_t most_pairs = 0;  ///< whose sums fit 32 bits
    bool is_signed = false;      ///< else all sums are at least 0

    bool empty() const { return cells.empty(); }
    std::size_t stride() const { return blocks * pair_block_cols; }
    /// total = sum over rows of cells * factors, or += when `add`.
    /// @param factors  [n x 2 pairs]    @param sums  room    @param total  [n x stride]
    void multiply(const std::int16_t* factors, std::size_t n, SimdLevel simd, bool add,
                  AlignedVector<std::uint32_t>& sums, double* total) const;
};

/// @param at       (row, column) -> a number of 16 bits, at least 0 unless `is_signed`
/// @param largest  factor that it is ever multiplied with, in magnitude
template <class At>
PairPlane make_pair_plane(std::size_t rows, std::size_t cols, const At& at, std::int64_t largest,
                          bool is_signed)
{
    PairPlane plane;
    plane.is_signed = is_signed;
    plane.pairs = (rows + 1) / 2;
    plane.blocks = (cols + pair_block_cols - 1) / pair_block_cols;
    plane.cells.assign(plane.stride() * plane.pairs * 2, 0);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cols; ++c) {
            const std::size_t pair = (c / pair_block_cols * plane.pairs + r / 2) * pair_block_cols;
            plane.cells[(pair + c % pair_block_cols) * 2 + r % 2] =
                static_cast<std::int16_t>(at(r, c));
        }
    }
    const std::int64_t end = is_signed ? 0x7fffffff : 0xffffffff;
    const auto fits = [&](std::size_t most_pairs) {
        for (std::size_t c = 0; c < cols; ++c) {
            std::int64_t sum = 0;
            for (std::size_t r = 0; r < rows; ++r) {
                if (r % (2 * most_pairs) == 0) { sum = 0; }
                sum += std::abs(std::int64_t{at(r, c)}) * largest;
                if (sum > end) { return false; }
            }
        }
        return true;
    };
    plane.most_pairs = std::max<std::size_t>(plane.pairs, 1);
    while (!fits(plane.most_pairs)) { plane.most_pairs = (plane.most_pairs + 1) / 2; }
    return plane;
}

}  // namespace aimc
