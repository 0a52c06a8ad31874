// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>

/// How long the LDPU takes for one output vector. Its few multipliers serve all columns in turn,
/// and every step of the arithmetic is a pass of its own over the columns.
///
///   n_ldpu_cycles(3, 256, 4, 5, 13) == 973
namespace aimc::ldpu {

/// The parameters of the unit; each has a key in the config.
/// Source: Ferro24, abstract, gives only the ratio: the NMPU is 139x as fast as the FP16 LDPU.
/// Choice: 139 x 7 cycles of our NMPU = 973 = 3 x 64 x 5 + 13. All four numbers are set to match
/// that published ratio; other sets match it as well, and none is published. A report must say
/// "set to match the published ratio", never "reproduced".
struct LdpuTiming {
    int passes = 3;               ///< fma per column: s+, s-, gamma [-]
    int lanes = 4;                ///< fma units side by side [-]
    int initiation_interval = 5;  ///< from one fma of a lane to its next [cycles]
    int fill = 13;                ///< pipeline, both conversions and the activation [cycles]
};

/// passes x ceil(cols / lanes) x initiation_interval + fill  [cycles]
/// One vector; the next one starts when it is done (the unit does not overlap vectors).
/// @throws std::invalid_argument  lanes or initiation_interval < 1, any other below 0
constexpr std::int64_t n_ldpu_cycles(std::int64_t passes, std::int64_t cols, std::int64_t lanes,
                                     std::int64_t initiation_interval, std::int64_t fill)
{
    if (passes < 0 || cols < 0 || lanes < 1 || initiation_interval < 1 || fill < 0) {
        throw std::invalid_argument("n_ldpu_cycles: negative, or zero lanes or interval");
    }
    return passes * ((cols + lanes - 1) / lanes) * initiation_interval + fill;
}

/// The same, by name rather than by position.
constexpr std::int64_t n_ldpu_cycles(const LdpuTiming& timing, std::int64_t cols)
{
    return n_ldpu_cycles(timing.passes, cols, timing.lanes, timing.initiation_interval,
                         timing.fill);
}

}  // namespace aimc::ldpu
