// SPDX-License-Identifier: Apache-2.0
#include "aimc/sweep/pareto.h"

#include <algorithm>
#include <cmath>

namespace aimc::sweep {
namespace {

using Quantities = std::vector<double>;

bool has_nan(const Quantities& q)
{
    return std::any_of(q.begin(), q.end(), [](double v) { return std::isnan(v); });
}

/// At most as large in every quantity.
bool covers(const Quantities& a, const Quantities& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return x <= y; });
}

}  // namespace

std::vector<std::size_t> pareto_front(const std::vector<Quantities>& points)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!has_nan(points[i])) { order.push_back(i); }
    }
    // In lexicographic order nobody is dominated by a later point, and the first of equals is
    // first.
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return points[a] < points[b]; });
    std::vector<std::size_t> front;
    for (const std::size_t i : order) {
        const bool flat = points[i].size() <= 2;  // then the latest of the front covers first
        const auto from = flat && !front.empty() ? front.end() - 1 : front.begin();
        const bool is_covered = std::any_of(
            from, front.end(), [&](std::size_t f) { return covers(points[f], points[i]); });
        if (!is_covered) { front.push_back(i); }
    }
    return front;
}

}  // namespace aimc::sweep
