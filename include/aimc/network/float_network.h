// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"
#include "aimc/config/image_data.h"
#include "aimc/config/network.h"
#include "aimc/network/program.h"

#include <functional>
#include <memory>
#include <vector>

namespace aimc::network {

/// The network as it was trained, in float: what tiles are compared with, and where the ranges of
/// its maps come from. Every sum is in the order of the rows, so results are the same with every
/// SIMD level and number of threads.
class FloatNetwork {
public:
    FloatNetwork(const config::Network& network, const Program& program,
                 SimdLevel simd = best_simd_level());
    ~FloatNetwork();
    FloatNetwork(const FloatNetwork&) = delete;
    FloatNetwork& operator=(const FloatNetwork&) = delete;

    /// Called with each map as it is made: its number and its values.
    using Watch = std::function<void(std::size_t map, const std::vector<float>& values)>;
    /// @param image  bytes, [channel, row, column]
    /// @return [classes] scores
    std::vector<float> run(const std::uint8_t* image, const Watch& watch = {}) const;

private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

/// Index of the largest score, the first of equal ones.
template <class T>
std::size_t argmax(const std::vector<T>& scores)
{
    std::size_t best = 0;
    for (std::size_t c = 1; c < scores.size(); ++c) {
        if (scores[c] > scores[best]) { best = c; }
    }
    return best;
}

}  // namespace aimc::network
