// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <cstddef>
#include <cstdint>

// The loops of the read noise over the columns of one row. Integers, so that every SIMD level gives
// the same sums. Rows are padded to whole SIMD words.
namespace aimc::crossbar::detail {

/// Fraction bits of the sd of a cell (16 bits): as many as the largest one leaves, at most these.
constexpr int most_sd_fraction = 8;

/// sum += v * x2, both unsigned.
using AddVariance = void (*)(std::uint32_t* sum, const std::uint16_t* v, std::uint32_t x2,
                             std::size_t n);
AddVariance add_variance(SimdLevel level);

/// One row of cells of one polarity, as a read finds it.
struct CellRow {
    const std::int16_t* g;    ///< [cols] mean conductance                               [g_lsb]
    const std::uint16_t* sd;  ///< [cols] of the read noise                       [2^-f g_lsb]
    const std::int16_t* z;    ///< [cols] standard normals                   [2^-normal_fraction]
};

/// sum += max(g + round(sd * z), 0), with shift = f + normal_fraction.
using AddCells = void (*)(std::int32_t* sum, const CellRow& in, int shift, std::size_t n);
AddCells add_cells(SimdLevel level);

/// sum += max(g + round(sd * z), 0) of `in`, less that of `out`.
using AddPairs = void (*)(std::int32_t* sum, const CellRow& in, const CellRow& out, int shift,
                          std::size_t n);
AddPairs add_pairs(SimdLevel level);

}  // namespace aimc::crossbar::detail
