// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"

#include <cstddef>
#include <cstdint>

// Philox4x32-10 (Salmon et al., SC'11) for many counters at once; tests hold it against
// philox_block.
namespace aimc::detail {

constexpr std::size_t philox_lanes = 64;  ///< blocks at once, at most
constexpr std::size_t philox_word = 8;    ///< blocks of the widest register

struct PhiloxKey {
    std::uint32_t low, high;
};

/// One block per lane: its four counter words.
struct PhiloxCounters {
    std::uint32_t a[philox_lanes], b[philox_lanes], c[philox_lanes], d[philox_lanes];
};

/// word[4 * i + j]: word j of block i.
/// @param n  blocks, a multiple of philox_word
using Philox = void (*)(const PhiloxCounters& counters, std::size_t n, PhiloxKey key,
                        std::uint32_t* word);
Philox philox_for(SimdLevel level);

}  // namespace aimc::detail
