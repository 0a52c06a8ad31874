// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/ldpu/binary16.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <ostream>

namespace aimc::ldpu {

// So that GoogleTest prints a failing word as in a trace.
inline void PrintTo(Binary16 x, std::ostream* os) { *os << std::hex << "0x" << x.bits << std::dec; }

inline Binary16 half(unsigned bits) { return {static_cast<std::uint16_t>(bits)}; }

/// The meaning of every word, from the definition of the format and not from the code under test.
inline double meaning(unsigned bits)
{
    const int field = static_cast<int>((bits >> 10) & 31);
    const int fraction = static_cast<int>(bits & 1023);
    double value = 0;
    if (field == 31) {
        value = fraction == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
    } else if (field == 0) {
        value = std::ldexp(fraction, -24);
    } else {
        value = std::ldexp(1024 + fraction, field - 25);
    }
    return std::copysign(value, (bits & 0x8000) != 0 ? -1.0 : 1.0);
}

/// The same number with the same sign; all NaN are the same.
inline bool same_double(double a, double b)
{
    return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

}  // namespace aimc::ldpu
