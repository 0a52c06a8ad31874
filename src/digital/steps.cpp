// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/steps.h"

#include "aimc/digital/digital.h"

namespace aimc::digital {

int n_steps(const config::DigitalConfig& digital, const std::int8_t* x, std::size_t rows)
{
    if (!digital.skip_zero_planes) { return cycles_per_vector(digital); }
    return cycles_of(digital, occupied_bits(x, rows));
}

}  // namespace aimc::digital
