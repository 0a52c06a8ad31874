// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aimc {

/// How low bits are dropped. The names and the rules are SystemC's own (IEEE 1666, fixed-point
/// types).
enum class RoundMode {
    trn,          ///< SC_TRN: towards minus infinity
    rnd,          ///< SC_RND: nearest, ties towards plus infinity
    rnd_zero,     ///< SC_RND_ZERO: nearest, ties towards zero
    rnd_min_inf,  ///< SC_RND_MIN_INF: nearest, ties towards minus infinity
    rnd_inf,      ///< SC_RND_INF: nearest, ties away from zero
    rnd_conv,     ///< SC_RND_CONV: nearest, ties to even
};

/// What happens to a value that does not fit its word.
enum class OverflowMode {
    sat,      ///< SC_SAT: clamp to -2^(n-1) .. 2^(n-1)-1
    sat_sym,  ///< SC_SAT_SYM: clamp to -(2^(n-1)-1) .. 2^(n-1)-1
    wrap,     ///< SC_WRAP: keep the low n bits
};

/// value / 2^bits, rounded to a whole number.
/// @param bits  how many low bits are dropped, 0 .. 62
constexpr std::int64_t round_shift(std::int64_t value, int bits, RoundMode mode)
{
    if (bits == 0) { return value; }
    const std::int64_t down = value >> bits;  // arithmetic: towards minus infinity
    const std::int64_t rest = value - down * (std::int64_t{1} << bits);
    const std::int64_t half = std::int64_t{1} << (bits - 1);
    if (mode == RoundMode::trn || rest < half) { return down; }
    if (rest > half) { return down + 1; }
    bool up = false;  // a tie
    switch (mode) {
        case RoundMode::trn: break;
        case RoundMode::rnd: up = true; break;
        case RoundMode::rnd_zero: up = value < 0; break;
        case RoundMode::rnd_min_inf: up = false; break;
        case RoundMode::rnd_inf: up = value >= 0; break;
        case RoundMode::rnd_conv: up = (down & 1) != 0; break;
    }
    return up ? down + 1 : down;
}

/// Largest value of a signed word of n bits.
constexpr std::int64_t signed_max(int bits) { return (std::int64_t{1} << (bits - 1)) - 1; }

/// Fits a value into a signed word. @param bits  2 .. 62  @param overflowed  set when it did not
/// fit
constexpr std::int64_t fit(std::int64_t value, int bits, OverflowMode mode, bool& overflowed)
{
    const std::int64_t high = signed_max(bits);
    const std::int64_t low = mode == OverflowMode::sat_sym ? -high : -high - 1;
    if (value >= low && value <= high) { return value; }
    overflowed = true;
    if (mode == OverflowMode::wrap) {
        const std::int64_t span = std::int64_t{1} << bits;
        const std::int64_t wrapped = value & (span - 1);
        return wrapped > high ? wrapped - span : wrapped;
    }
    return value < low ? low : high;
}

}  // namespace aimc
