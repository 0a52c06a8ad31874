// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace aimc::sim {

/// Takes the oldest out of a short queue, kept in a vector: a std::deque asks for memory again and
/// again while elements pass through it, a vector only until it has been full once.
template <class T>
T pop_front(std::vector<T>& queue)
{
    T oldest = queue.front();
    queue.erase(queue.begin());
    return oldest;
}

}  // namespace aimc::sim
