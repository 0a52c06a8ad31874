// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/random.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::crossbar {

/// Standard normals of 16 random bits, for the read noise of single cells: a 256 x 256 array takes
/// 131,072 of them per read. Frozen: golden traces depend on them.
///
/// Eight to a Philox block: column c takes half c % 2 (0: the low one) of word c % 8 / 2 of block
/// c / 8. The half h stands for the h-th of 65,536 equally likely bins.
/// Choice: the normal quantile at the middle of the bin, scaled so that the variance is 1, rounded
/// to 2^-12; |z| <= 4.33.
constexpr int normal_fraction = 12;
using NormalTable = std::vector<std::int16_t>;  ///< [65536]
const NormalTable& normal_table();

/// Normals of columns first .. first + n - 1 at a place, in steps of 2^-12.
/// @param n  a multiple of 8
void cell_normals(const Place& place, std::size_t first, std::size_t n, std::int16_t* z);

}  // namespace aimc::crossbar
