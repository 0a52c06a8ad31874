// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc {

/// How often each column of a post unit had to give in.
struct ColumnCounters {
    std::vector<std::uint32_t> saturated;          ///< [cols] y did not fit
    std::vector<std::uint32_t> relu_clipped;       ///< [cols] the activation changed the value
    std::vector<std::uint32_t> partial_saturated;  ///< [cols] the partial sum did not fit
    void reset(std::size_t cols)
    {
        for (auto* list : {&saturated, &relu_clipped, &partial_saturated}) {
            list->assign(cols, 0);
        }
    }
};

}  // namespace aimc
