// SPDX-License-Identifier: Apache-2.0
#include "driven_cell.h"

#include <algorithm>
#include <cmath>

namespace aimc::crossbar::detail {

HeldCell held(double g)
{
    const double r = std::floor(std::fabs(g) + 0.5);
    return {static_cast<std::int16_t>(std::copysign(std::min(r, double{grid_max}), g)),
            r > grid_max};
}

DrivenCell driven_cell(const GridArray& array, WordLine row, BitLine col, bool one_phase)
{
    const int g_pos = array.g_pos(row, col).raw;
    const int g_neg = array.g_neg(row, col).raw;
    if (!one_phase) { return {held(g_pos), held(g_neg)}; }
    const double a = 1.0 + array.asymmetry[index(col)];
    return {held(g_pos - a * g_neg), held(g_neg - a * g_pos)};
}

}  // namespace aimc::crossbar::detail
