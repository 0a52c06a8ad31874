// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace aimc::sweep {

/// The points that no other point dominates, all quantities to be small: nobody is at most as large
/// in each and smaller in one. Choice: of points that are alike in all, the first stands for all.
/// Time: n log n, and n times the size of the front beyond two quantities.
/// @param points  [points][quantities]; a point with a NaN is on no front
/// @return indices, by rising first quantity
std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& points);

}  // namespace aimc::sweep
