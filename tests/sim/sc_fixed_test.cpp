// SPDX-License-Identifier: Apache-2.0
// SystemC's own fixed-point types as the oracle of our integer arithmetic: RoundMode and
// OverflowMode promise the rules of IEEE 1666, so its reference implementation is asked.
#ifndef SC_INCLUDE_FX
#define SC_INCLUDE_FX  // SystemC leaves its fixed-point types out unless asked
#endif
#include "aimc/base/fixed_point.h"
#include "aimc/nmpu/lane.h"
#include "aimc/sim/systemc.h"

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <random>

namespace aimc {
namespace {

constexpr std::array<std::pair<RoundMode, sc_dt::sc_q_mode>, 6> round_modes{
    {{RoundMode::trn, sc_dt::SC_TRN},
     {RoundMode::rnd, sc_dt::SC_RND},
     {RoundMode::rnd_zero, sc_dt::SC_RND_ZERO},
     {RoundMode::rnd_min_inf, sc_dt::SC_RND_MIN_INF},
     {RoundMode::rnd_inf, sc_dt::SC_RND_INF},
     {RoundMode::rnd_conv, sc_dt::SC_RND_CONV}}};
constexpr std::array<std::pair<OverflowMode, sc_dt::sc_o_mode>, 3> overflow_modes{
    {{OverflowMode::sat, sc_dt::SC_SAT},
     {OverflowMode::sat_sym, sc_dt::SC_SAT_SYM},
     {OverflowMode::wrap, sc_dt::SC_WRAP}}};

/// The number raw * 2^-fraction, exact.
sc_dt::sc_fxval exact(std::int64_t raw, int fraction)
{
    return sc_dt::sc_fxval(static_cast<sc_dt::int64>(raw)) >> fraction;
}

/// What a whole word of `bits` bits makes of raw * 2^-fraction. Read back as a double, exact up to
/// 53 bits: to_int64() of SystemC 2.3.4 gives 0 for -2^32 and other negative multiples of it.
std::int64_t cast(std::int64_t raw, int fraction, int bits, sc_dt::sc_q_mode q, sc_dt::sc_o_mode o)
{
    sc_dt::sc_fix word(bits, bits, q, o);
    word = exact(raw, fraction);
    return static_cast<std::int64_t>(word.to_double());
}

/// A value of random length, so that small ones are as likely as large ones.
std::int64_t random_value(std::mt19937_64& rng, int most_bits)
{
    const auto bits = static_cast<int>(rng() % static_cast<unsigned>(most_bits)) + 1;
    const auto magnitude = static_cast<std::int64_t>(rng() & ((std::uint64_t{1} << bits) - 1));
    return (rng() & 1U) != 0 ? -magnitude : magnitude;
}

TEST(ScFixed, RoundsEveryTieOfASmallRangeAlike)
{
    long n_cases = 0;
    long n_ties = 0;
    for (const auto& [mode, q] : round_modes) {
        for (int drop = 0; drop <= 6; ++drop) {
            for (std::int64_t value = -400; value <= 400; ++value) {
                ASSERT_EQ(round_shift(value, drop, mode), cast(value, drop, 32, q, sc_dt::SC_SAT))
                    << value << " / 2^" << drop << ", mode " << static_cast<int>(mode);
                const std::int64_t span = std::int64_t{1} << drop;
                n_ties += drop > 0 && (value & (span - 1)) == span / 2;
                ++n_cases;
            }
        }
    }
    std::cout << "sc_fix rounding: " << n_cases << " values, " << n_ties << " of them ties\n";
}

TEST(ScFixed, FitsEveryValueOfASmallRangeAlike)
{
    long n_cases = 0;
    for (const auto& [mode, o] : overflow_modes) {
        for (int bits = 2; bits <= 9; ++bits) {
            for (std::int64_t value = -1200; value <= 1200; ++value) {
                const std::int64_t expected = cast(value, 0, bits, sc_dt::SC_TRN, o);
                bool overflowed = false;
                ASSERT_EQ(fit(value, bits, mode, overflowed), expected) << value << ", " << bits;
                ASSERT_EQ(overflowed, expected != value) << value << ", " << bits;
                ++n_cases;
            }
        }
    }
    std::cout << "sc_fix overflow: " << n_cases << " values\n";
}

TEST(ScFixed, RoundsAndFitsAMillionRandomValuesAlike)
{
    std::mt19937_64 rng(1);
    long n_cases = 0;
    long n_overflows = 0;
    for (int i = 0; i < 60000; ++i) {
        const std::int64_t value = random_value(rng, 60);
        const int drop = static_cast<int>(rng() % 31);
        const int bits = static_cast<int>(rng() % 39) + 2;
        for (const auto& [round_mode, q] : round_modes) {
            for (const auto& [overflow_mode, o] : overflow_modes) {
                bool overflowed = false;
                const std::int64_t ours =
                    fit(round_shift(value, drop, round_mode), bits, overflow_mode, overflowed);
                ASSERT_EQ(ours, cast(value, drop, bits, q, o))
                    << value << " / 2^" << drop << " in " << bits << " bits, modes "
                    << static_cast<int>(round_mode) << ", " << static_cast<int>(overflow_mode);
                n_overflows += overflowed;
                ++n_cases;
            }
        }
    }
    EXPECT_GT(n_overflows, n_cases / 10);
    EXPECT_LT(n_overflows, n_cases - n_cases / 10);
    std::cout << "sc_fix rounding and overflow: " << n_cases << " random cases, " << n_overflows
              << " overflow\n";
}

TEST(ScFixed, RebuildsTheDefaultLane)
{
    using Scale = sc_dt::sc_ufixed<8, 1>;
    using Count = sc_dt::sc_ufixed<12, 12>;
    using Branch = sc_dt::sc_fixed<16, 14, sc_dt::SC_TRN, sc_dt::SC_WRAP>;  // cut to k = 2
    using Offset = sc_dt::sc_fixed<8, 7>;
    using Residual = sc_dt::sc_fixed<16, 16>;
    using Sum = sc_dt::sc_fixed<20, 18, sc_dt::SC_TRN, sc_dt::SC_SAT>;
    using Output = sc_dt::sc_fixed<8, 8, sc_dt::SC_RND_CONV, sc_dt::SC_SAT_SYM>;
    using Partial = sc_dt::sc_fixed<16, 14, sc_dt::SC_RND_CONV, sc_dt::SC_SAT>;

    const nmpu::Lane lane({}, 0, config::Activation::identity);
    std::mt19937_64 rng(2);
    long n_cases = 0;
    long n_ties = 0;
    for (int i = 0; i < 100000; ++i) {
        const std::uint64_t count_mask =
            (i & 1) != 0 ? 0xfff : 0x7f;  // half of them near y's range
        const auto c_p = static_cast<std::int32_t>(rng() & count_mask);
        const auto c_n = static_cast<std::int32_t>(rng() & count_mask);
        const nmpu::AffineWords w{static_cast<std::int32_t>(rng() % 256),
                                  static_cast<std::int32_t>(rng() % 256),
                                  static_cast<std::int32_t>(rng() % 256) - 128, 0};
        const auto residual = (i & 2) != 0 ? static_cast<std::int32_t>(random_value(rng, 15)) : 0;

        const Scale s_p(exact(w.s_p, 7));
        const Scale s_n(exact(w.s_n, 7));
        const Offset o_p(exact(w.o_p, 1));
        const Branch branch_p(s_p * Count(c_p));
        const Branch branch_n(s_n * Count(c_n));
        const Sum sum(branch_p + o_p - branch_n + Residual(residual));
        const nmpu::LaneOutput out = lane.compute(c_p, c_n, w, residual);
        ASSERT_EQ(out.y, Output(sum).to_int())
            << "c " << c_p << " " << c_n << ", s " << w.s_p << " " << w.s_n << ", o " << w.o_p
            << ", r " << residual;
        ASSERT_EQ(out.partial, (Partial(sum) << 2).to_int());
        n_ties += (lane.accumulate(c_p, c_n, w, residual) & 3) == 2;
        ++n_cases;
    }
    std::cout << "sc_fixed lane: " << n_cases << " columns, " << n_ties << " of them ties\n";
}

}  // namespace
}  // namespace aimc
