// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

// The plain product y = W^T x of 256 x 256, by hand: what a core does if it does nothing else.
namespace aimc::bench::plain {

constexpr std::size_t rows = 256;
constexpr std::size_t cols = 256;

/// @param pairs  [rows / 2][cols][2] weights: rows 2p and 2p+1 of a column side by side, as the
///               multiply-add instruction wants them
/// @param x      [rows] int8 codes as int16
/// @param y      [cols] sums
using Product = void (*)(const std::int16_t* pairs, const std::int16_t* x, std::int32_t* y);

Product avx2();    ///< nullptr when this machine has no AVX2
Product avx512();  ///< nullptr when this machine has no AVX-512BW

}  // namespace aimc::bench::plain
