// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/grid_array.h"

#include <cstdint>

namespace aimc::crossbar::detail {

/// A signed conductance as the words of a driver hold it.
struct HeldCell {
    std::int16_t g = 0;    ///< [g_lsb]
    bool clipped = false;  ///< it was beyond the grid, and is held at its end
};
HeldCell held(double g);

/// What a row adds to a bit line at either sign: one-phase reads by the sign of the input (a cell
/// whose current flows out of the bit line is read at the other polarity); four-phase reads by the
/// polarity of the cells.
struct DrivenCell {
    HeldCell pos, neg;
};
DrivenCell driven_cell(const GridArray& array, WordLine row, BitLine col, bool one_phase);

}  // namespace aimc::crossbar::detail
