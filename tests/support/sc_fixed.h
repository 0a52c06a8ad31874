// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifndef SC_INCLUDE_FX
#define SC_INCLUDE_FX  // SystemC leaves its fixed-point types out unless asked
#endif
#include "aimc/base/fixed_point.h"
#include "aimc/sim/systemc.h"

#include <array>
#include <cstdint>
#include <random>
#include <utility>

/// SystemC's own fixed-point types as the oracle of our integer arithmetic: RoundMode and
/// OverflowMode promise the rules of IEEE 1666, so its reference implementation is asked.
/// Include this before any other header that brings SystemC.
namespace aimc::test {

inline constexpr std::array<std::pair<RoundMode, sc_dt::sc_q_mode>, 6> round_modes{
    {{RoundMode::trn, sc_dt::SC_TRN},
     {RoundMode::rnd, sc_dt::SC_RND},
     {RoundMode::rnd_zero, sc_dt::SC_RND_ZERO},
     {RoundMode::rnd_min_inf, sc_dt::SC_RND_MIN_INF},
     {RoundMode::rnd_inf, sc_dt::SC_RND_INF},
     {RoundMode::rnd_conv, sc_dt::SC_RND_CONV}}};
inline constexpr std::array<std::pair<OverflowMode, sc_dt::sc_o_mode>, 3> overflow_modes{
    {{OverflowMode::sat, sc_dt::SC_SAT},
     {OverflowMode::sat_sym, sc_dt::SC_SAT_SYM},
     {OverflowMode::wrap, sc_dt::SC_WRAP}}};

/// The number raw * 2^-fraction, exact.
inline sc_dt::sc_fxval exact(std::int64_t raw, int fraction)
{
    return sc_dt::sc_fxval(static_cast<sc_dt::int64>(raw)) >> fraction;
}

/// What a whole word of `bits` bits makes of raw * 2^-fraction. Compare it as it is: to_int64() of
/// SystemC 2.3.4 gives 0 for -2^32 and other negative multiples of it, and a double ends at 53
/// bits.
inline sc_dt::sc_fix cast(std::int64_t raw, int fraction, int bits, sc_dt::sc_q_mode q,
                          sc_dt::sc_o_mode o)
{
    sc_dt::sc_fix word(bits, bits, q, o);
    word = exact(raw, fraction);
    return word;
}

inline bool equal(const sc_dt::sc_fxnum& word, std::int64_t raw, int fraction = 0)
{
    return word == exact(raw, fraction);
}

inline int between(std::mt19937_64& rng, int low, int high)
{
    return low + static_cast<int>(rng() % static_cast<unsigned>(high - low + 1));
}

/// A value of random length, so that small ones are as likely as large ones.
inline std::int64_t random_value(std::mt19937_64& rng, int most_bits)
{
    const int bits = between(rng, 1, most_bits);
    const auto magnitude = static_cast<std::int64_t>(rng() & ((std::uint64_t{1} << bits) - 1));
    return (rng() & 1U) != 0 ? -magnitude : magnitude;
}

}  // namespace aimc::test
