// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace aimc::config {

/// What the places in a fault file must lie within.
struct FaultLimits {
    std::size_t rows = 0;  ///< word lines of the tile
    std::size_t cols = 0;  ///< bit lines of the tile
    int devices_per_polarity = 2;
};

/// One device that keeps its state whatever is programmed.
struct StuckDevice {
    std::size_t row = 0;
    std::size_t col = 0;
    int polarity = 0;     ///< 0 G+, 1 G-
    int device = 0;       ///< of the pair
    bool is_set = false;  ///< SET (conducting) or RESET (conductance 0)
};

/// An aimc-faults/1 file, checked; nothing is listed twice.
struct FaultList {
    std::vector<std::size_t> dead_rows;  ///< word lines that never drive
    std::vector<std::size_t> dead_cols;  ///< bit lines that are open
    std::vector<StuckDevice> stuck;
};

/// Throws InputError naming the file and each place that is wrong or outside `limits`.
FaultList load_fault_file(const std::string& path, const FaultLimits& limits);

}  // namespace aimc::config
