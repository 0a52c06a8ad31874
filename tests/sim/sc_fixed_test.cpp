// SPDX-License-Identifier: Apache-2.0
// Rounding and overflow against SystemC's own fixed-point types.
#include "support/sc_fixed.h"

#include <gtest/gtest.h>

#include <iostream>

namespace aimc {
namespace {

using namespace test;

TEST(ScFixed, IsComparedToTheLastBit)
{
    const std::int64_t large = -(std::int64_t{1} << 61);  // a double would not see the last bit
    for (const std::int64_t value : {large, -(std::int64_t{1} << 32), std::int64_t{0}}) {
        const auto word = cast(value, 0, 63, sc_dt::SC_TRN, sc_dt::SC_SAT);
        EXPECT_TRUE(equal(word, value));
        EXPECT_FALSE(equal(word, value + 1));
        EXPECT_FALSE(equal(word, value - 1));
    }
}

TEST(ScFixed, RoundsEveryTieOfASmallRangeAlike)
{
    long n_cases = 0;
    long n_ties = 0;
    for (const auto& [mode, q] : round_modes) {
        for (int drop = 0; drop <= 6; ++drop) {
            for (std::int64_t value = -400; value <= 400; ++value) {
                const auto theirs = cast(value, drop, 32, q, sc_dt::SC_SAT);
                ASSERT_TRUE(equal(theirs, round_shift(value, drop, mode)))
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
                const auto theirs = cast(value, 0, bits, sc_dt::SC_TRN, o);
                bool overflowed = false;
                const std::int64_t ours = fit(value, bits, mode, overflowed);
                ASSERT_TRUE(equal(theirs, ours)) << value << ", " << bits;
                ASSERT_EQ(overflowed, ours != value) << value << ", " << bits;
                ++n_cases;
            }
        }
    }
    std::cout << "sc_fix overflow: " << n_cases << " values\n";
}

/// All pairs of modes on one value. @return how many of the 18 overflow
int compare_all_modes(std::int64_t value, int drop, int bits)
{
    int n_overflows = 0;
    for (const auto& [round_mode, q] : round_modes) {
        for (const auto& [overflow_mode, o] : overflow_modes) {
            bool overflowed = false;
            const std::int64_t ours =
                fit(round_shift(value, drop, round_mode), bits, overflow_mode, overflowed);
            EXPECT_TRUE(equal(cast(value, drop, bits, q, o), ours))
                << value << " / 2^" << drop << " in " << bits << " bits gives " << ours
                << ", modes " << static_cast<int>(round_mode) << ", "
                << static_cast<int>(overflow_mode);
            n_overflows += overflowed;
        }
    }
    return n_overflows;
}

TEST(ScFixed, DecidesTiesAndTheirNeighboursOfEveryWidthAlike)
{
    long n_cases = 0;
    for (int drop = 1; drop <= 58; ++drop) {
        const std::int64_t half = std::int64_t{1} << (drop - 1);
        for (std::int64_t whole = -9; whole <= 9; ++whole) {
            for (const std::int64_t rest : {half - 1, half, half + 1}) {
                for (const int bits : {2, 3, 4, 5}) {
                    compare_all_modes(whole * 2 * half + rest, drop, bits);
                    n_cases += 18;
                }
            }
        }
        ASSERT_FALSE(HasFailure()) << drop << " bits dropped";
    }
    std::cout << "sc_fix ties of 1 .. 58 dropped bits and their neighbours: " << n_cases
              << " cases\n";
}

TEST(ScFixed, RoundsAndFitsAMillionRandomValuesAlike)
{
    std::mt19937_64 rng(1);
    long n_cases = 0;
    long n_overflows = 0;
    for (int i = 0; i < 120'000; ++i) {
        // The widest that round_shift and fit promise.
        n_overflows +=
            compare_all_modes(random_value(rng, 62), between(rng, 0, 62), between(rng, 2, 62));
        n_cases += 18;
        ASSERT_FALSE(HasFailure());
    }
    EXPECT_GE(n_cases, 1'000'000);
    EXPECT_GT(n_overflows, n_cases / 10);
    EXPECT_LT(n_overflows, n_cases - n_cases / 10);
    std::cout << "sc_fix rounding and overflow: " << n_cases
              << " random cases, values of 1 .. 62 bits, 0 .. 62 dropped, words of 2 .. 62; "
              << n_overflows << " overflow\n";
}

}  // namespace
}  // namespace aimc
