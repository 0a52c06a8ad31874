// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"

namespace aimc::crossbar {

/// The part of an array that a read uses: all other word lines rest, all other bit lines are not
/// looked at. What its columns give is what they give in a read of the whole array.
struct Window {
    config::Range rows;  ///< {0, 0}: all word lines
    config::Range cols;  ///< {0, 0}: all bit lines
};

/// A range of `size` lines; {0, 0} stands for all of them.
/// @throws std::invalid_argument  no line in it, or one beyond `size`
config::Range range_or_all(config::Range range, std::size_t size);

}  // namespace aimc::crossbar
