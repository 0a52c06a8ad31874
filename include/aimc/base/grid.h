// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aimc {

/// Below the physics all numbers are integers on a grid, exact in every order of evaluation.
/// Each kind is a type of its own: a charge is not a conductance, and neither is a count.
template <class Tag, class Rep>
struct GridValue {
    Rep raw{};
    friend constexpr bool operator==(GridValue a, GridValue b) { return a.raw == b.raw; }
    friend constexpr bool operator!=(GridValue a, GridValue b) { return a.raw != b.raw; }
    friend constexpr bool operator<(GridValue a, GridValue b) { return a.raw < b.raw; }
};

/// Conductance in steps of `crossbar.g_lsb_nS`.
using ConductanceLsb = GridValue<struct ConductanceTag, std::int16_t>;
/// Bit-line current in steps of g_lsb * v_read.
using CurrentLsb = GridValue<struct CurrentTag, std::int32_t>;
/// Bit-line charge in steps of g_lsb * v_read * 1 ns.
using ChargeLsb = GridValue<struct ChargeTag, std::int64_t>;
/// Oscillator count of one ADC counter.
using AdcCount = GridValue<struct AdcCountTag, std::int32_t>;

}  // namespace aimc
