// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aimc::crossbar {

/// Largest magnitude of an input code; -128 is refused at the door.
constexpr int code_max = 127;

/// Pulse-width DAC of one word line: code x -> a pulse of |x| cycles (1 ns per LSB at 1 GHz), its
/// sign by the polarity of the read voltage. Source: Khaddam22, LeGallo23.
struct Pulse {
    int n_on = 0;           ///< [cycles] 0 .. 127
    bool negative = false;  ///< polarity of the read voltage
};
constexpr Pulse pwm_pulse(std::int8_t x)
{
    return {x < 0 ? -static_cast<int>(x) : static_cast<int>(x), x < 0};
}

}  // namespace aimc::crossbar
