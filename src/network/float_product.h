// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <cstddef>

namespace aimc::network::detail {

constexpr std::size_t float_block = 16;  ///< columns of a product are padded to whole blocks

/// y = x w for `n` vectors, sums in the order of the rows.
/// @param x  [n x rows]   @param w  [rows x stride]   @param y  [n x stride]
using FloatProduct = void (*)(const float* x, const float* w, float* y, std::size_t n,
                              std::size_t rows, std::size_t stride);
FloatProduct float_product(SimdLevel level);

}  // namespace aimc::network::detail
