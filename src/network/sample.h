// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace aimc::network {

/// Up to `most` of the numbers 0 .. total-1, increasing, spread evenly but without a period that
/// could meet that of the pixels: multiples of about 0.618 total, modulo total.
inline std::vector<std::size_t> spread_sample(std::size_t total, std::size_t most)
{
    std::vector<std::size_t> out(std::min(total, most));
    std::size_t step = std::max<std::size_t>(total * 618 / 1000, 1);
    while (std::gcd(step, total) != 1) { ++step; }
    for (std::size_t k = 1; k < out.size(); ++k) { out[k] = (out[k - 1] + step) % total; }
    std::sort(out.begin(), out.end());
    return out;
}

/// each(k, position) for the chosen vectors of one image.
template <class Each>
void each_of_image(const std::vector<std::size_t>& chosen, std::size_t image, std::size_t positions,
                   Each&& each)
{
    auto at = std::lower_bound(chosen.begin(), chosen.end(), image * positions);
    for (; at != chosen.end() && *at < (image + 1) * positions; ++at) {
        each(static_cast<std::size_t>(at - chosen.begin()), *at - image * positions);
    }
}

}  // namespace aimc::network
