// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/steps.h"

#include <algorithm>

namespace aimc::digital {

int n_steps(const config::DigitalConfig& digital, const std::int8_t* x, std::size_t rows)
{
    const int at_once = digital.input_bits_per_cycle;
    const int all = (digital.input_bits + at_once - 1) / at_once;
    if (!digital.skip_zero_planes) { return all; }
    unsigned set = 0;
    for (std::size_t r = 0; r < rows; ++r) { set |= static_cast<std::uint8_t>(x[r]); }
    set &= (1U << static_cast<unsigned>(digital.input_bits)) - 1U;
    int steps = 0;
    for (; set != 0; set >>= static_cast<unsigned>(at_once)) {
        steps += (set & ((1U << static_cast<unsigned>(at_once)) - 1U)) != 0;
    }
    return std::max(steps, 1);
}

}  // namespace aimc::digital
