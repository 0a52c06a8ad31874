// SPDX-License-Identifier: Apache-2.0
#include "aimc/ldpu/binary16.h"

#include <gtest/gtest.h>
#include <mpfr.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace aimc::ldpu {

// So that GoogleTest prints a failing word as in a trace.
void PrintTo(Binary16 x, std::ostream* os) { *os << std::hex << "0x" << x.bits << std::dec; }

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Binary16 half(unsigned bits) { return {static_cast<std::uint16_t>(bits)}; }

/// The meaning of every word, from the definition of the format and not from the code under test.
double meaning(unsigned bits)
{
    const int field = static_cast<int>((bits >> 10) & 31);
    const int fraction = static_cast<int>(bits & 1023);
    double value = 0;
    if (field == 31) {
        value = fraction == 0 ? infinity : not_a_number;
    } else if (field == 0) {
        value = std::ldexp(fraction, -24);
    } else {
        value = std::ldexp(1024 + fraction, field - 25);
    }
    return std::copysign(value, (bits & 0x8000) != 0 ? -1.0 : 1.0);
}

bool same_double(double a, double b)
{
    return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

// --- Tables -------------------------------------------------------------------------------------

struct FmaCase {
    unsigned a, b, c, expected;
    const char* what;
};

TEST(Binary16, FmaFollowsTheTableOfSpecialValues)
{
    const std::vector<FmaCase> table = {
        {0x3c00, 0x3c00, 0x3c00, 0x4000, "1 * 1 + 1"},
        {0x7e00, 0x3c00, 0x3c00, 0x7e00, "NaN * 1 + 1"},
        {0x3c00, 0xfe01, 0x3c00, 0x7e00, "1 * other NaN + 1"},
        {0x3c00, 0x3c00, 0x7c01, 0x7e00, "1 * 1 + signalling NaN"},
        {0x0000, 0x7c00, 0x7e00, 0x7e00, "0 * inf + NaN"},
        {0x0000, 0x7c00, 0x3c00, 0x7e00, "0 * inf + 1"},
        {0xfc00, 0x8000, 0x7c00, 0x7e00, "-inf * -0 + inf"},
        {0x7c00, 0x3c00, 0xfc00, 0x7e00, "inf * 1 - inf"},
        {0x7c00, 0xbc00, 0x7c00, 0x7e00, "inf * -1 + inf"},
        {0x7c00, 0x3c00, 0x7c00, 0x7c00, "inf * 1 + inf"},
        {0x7c00, 0xbc00, 0x7bff, 0xfc00, "inf * -1 + largest"},
        {0x7bff, 0x7bff, 0xfc00, 0xfc00, "overflowing product - inf: the infinity is exact"},
        {0x3c00, 0x0000, 0x7c00, 0x7c00, "1 * 0 + inf"},
        {0x7c00, 0x7c00, 0x3c00, 0x7c00, "inf * inf + 1"},
        {0x0000, 0x3c00, 0x0000, 0x0000, "+0 + +0"},
        {0x0000, 0x3c00, 0x8000, 0x0000, "+0 + -0"},
        {0x8000, 0x3c00, 0x0000, 0x0000, "-0 + +0"},
        {0x8000, 0x3c00, 0x8000, 0x8000, "-0 + -0"},
        {0x8000, 0xbc00, 0x8000, 0x0000, "-0 * -1 + -0"},
        {0x3c00, 0x3c00, 0xbc00, 0x0000, "1 - 1"},
        {0xbc00, 0x3c00, 0x3c00, 0x0000, "-1 + 1"},
        {0x0001, 0x0001, 0x0000, 0x0000, "product underflows, positive"},
        {0x8001, 0x0001, 0x0000, 0x8000, "product underflows, negative: keeps its sign"},
        {0x8001, 0x0001, 0x0001, 0x0001, "underflowing product under a subnormal"},
        {0x0001, 0x3800, 0x0000, 0x0000, "half the smallest: tie to zero"},
        {0x0003, 0x3800, 0x0000, 0x0002, "1.5 times the smallest: tie to even"},
        {0x03ff, 0x3c00, 0x0001, 0x0400, "largest subnormal + 1: carries into the normals"},
        {0x0400, 0x3c00, 0x8001, 0x03ff, "smallest normal - 1: back to the subnormals"},
        {0x7bff, 0x3c00, 0x4b80, 0x7bff, "65504 + 15 stays"},
        {0x7bff, 0x3c00, 0x4c00, 0x7c00, "65504 + 16: tie, to infinity"},
        {0x7bff, 0x7bff, 0x0000, 0x7c00, "overflow"},
        {0x7bff, 0xfbff, 0x7bff, 0xfc00, "negative overflow"},
        {0x3c01, 0x3c01, 0xbc02, 0x0010, "what mul then add would lose: 2^-20"},
        {0x7bff, 0x4000, 0xfbff, 0x7bff, "product over the range, sum inside"},
    };
    for (const FmaCase& k : table) {
        EXPECT_EQ(fma(half(k.a), half(k.b), half(k.c)), half(k.expected)) << k.what;
        EXPECT_EQ(fma(half(k.b), half(k.a), half(k.c)), half(k.expected)) << k.what << ", swapped";
    }
}

TEST(Binary16, AddAndMulFollowTheTableOfSpecialValues)
{
    EXPECT_EQ(add(half(0x8000), half(0x8000)), half(0x8000));
    EXPECT_EQ(add(half(0x8000), half(0x0000)), half(0x0000));
    EXPECT_EQ(add(half(0x7c00), half(0xfc00)), canonical_nan);
    EXPECT_EQ(add(half(0xfc00), half(0x7bff)), half(0xfc00));
    EXPECT_EQ(mul(half(0x8000), half(0x3c00)), half(0x8000));
    EXPECT_EQ(mul(half(0x8000), half(0xbc00)), half(0x0000));
    EXPECT_EQ(mul(half(0x0000), half(0xfc00)), canonical_nan);
    EXPECT_EQ(mul(half(0x7c00), half(0xbc00)), half(0xfc00));
}

TEST(Binary16, NegateFlipsTheSignOfEverythingButNaN)
{
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const Binary16 expected = std::isnan(meaning(bits)) ? canonical_nan : half(bits ^ 0x8000);
        ASSERT_EQ(negate(half(bits)), expected) << bits;
    }
}

// --- Every word, every tie ----------------------------------------------------------------------

TEST(Binary16, EveryWordGoesToDoubleAndBack)
{
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        const double value = to_double(half(bits));
        ASSERT_TRUE(same_double(value, meaning(bits))) << bits;
        ASSERT_EQ(from_double(value), is_nan(half(bits)) ? canonical_nan : half(bits)) << bits;
    }
}

TEST(Binary16, FromDoubleDecidesEveryTieToEvenAndItsNeighboursToTheNearer)
{
    // 0x7c00 stands for 2^16 here: half way to it is where infinity begins.
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
        const double above = bits == 0x7bff ? 65536.0 : meaning(bits + 1);
        const double tie = (meaning(bits) + above) / 2;
        const unsigned even = bits + (bits & 1);
        for (const unsigned sign : {0x0000u, 0x8000u}) {
            const double s = sign != 0 ? -1.0 : 1.0;
            ASSERT_EQ(from_double(s * tie), half(sign | even)) << bits;
            ASSERT_EQ(from_double(s * std::nextafter(tie, 0.0)), half(sign | bits)) << bits;
            ASSERT_EQ(from_double(s * std::nextafter(tie, infinity)), half(sign | (bits + 1)));
        }
    }
}

TEST(Binary16, FmaDecidesEveryTieToEven)
{
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
        const int field = static_cast<int>(bits >> 10);
        const Binary16 ulp = from_double(std::ldexp(1.0, (field == 0 ? 1 : field) - 25));
        const unsigned even = bits + (bits & 1);
        ASSERT_EQ(fma(ulp, half(0x3800), half(bits)), half(even)) << bits;
        ASSERT_EQ(fma(ulp, half(0xb800), half(bits | 0x8000)), half(even | 0x8000)) << bits;
        // The last word below one half and the first above it.
        ASSERT_EQ(fma(ulp, half(0x37ff), half(bits)), half(bits)) << bits;
        ASSERT_EQ(fma(ulp, half(0x3801), half(bits)), half(bits + 1)) << bits;
    }
}

TEST(Binary16, FromDoubleHandlesTheEndsOfTheDoubles)
{
    EXPECT_EQ(from_double(0.0), half(0x0000));
    EXPECT_EQ(from_double(-0.0), half(0x8000));
    EXPECT_EQ(from_double(std::numeric_limits<double>::denorm_min()), half(0x0000));
    EXPECT_EQ(from_double(-std::numeric_limits<double>::min()), half(0x8000));
    EXPECT_EQ(from_double(std::numeric_limits<double>::max()), half(0x7c00));
    EXPECT_EQ(from_double(-infinity), half(0xfc00));
    EXPECT_EQ(from_double(-not_a_number), canonical_nan);
    // A double that float would round up to the tie, and from there to even: rounded once it is 1.
    EXPECT_EQ(from_double(1 + std::ldexp(1, -11) - std::ldexp(1, -40)), half(0x3c00));
    EXPECT_EQ(from_double(1 + std::ldexp(1, -11) + std::ldexp(1, -40)), half(0x3c01));
}

TEST(Binary16, FromIntRoundsHalfEvenAtEverySizeOfCount)
{
    for (std::int32_t x = 0; x <= 4095; ++x) {
        // Up to 2048 exact; above, the last bit is worth 2.
        const double expected = x <= 2048 ? x : 2 * std::nearbyint(x / 2.0);
        ASSERT_EQ(meaning(from_int(x).bits), expected) << x;
        ASSERT_TRUE(same_double(meaning(from_int(-x).bits), x == 0 ? 0.0 : -expected)) << x;
    }
    EXPECT_EQ(from_int(65519), half(0x7bff));
    EXPECT_EQ(from_int(65520), half(0x7c00));
    EXPECT_EQ(from_int(-65520), half(0xfc00));
    EXPECT_EQ(from_int(std::numeric_limits<std::int32_t>::max()), half(0x7c00));
    EXPECT_EQ(from_int(std::numeric_limits<std::int32_t>::min()), half(0xfc00));
}

TEST(Binary16, ToIntRoundsHalfEvenAndSaturatesSymmetricallyOnEveryWord)
{
    for (const int bits : {2, 4, 8, 9, 12, 16, 17, 32}) {
        const double limit = std::ldexp(1.0, bits - 1) - 1;
        for (unsigned word = 0; word < 0x10000; ++word) {
            const double value = meaning(word);
            const double rounded = std::nearbyint(value);  // half even, the default direction
            bool saturated = false;
            const std::int32_t y = to_int(half(word), bits, saturated);
            ASSERT_EQ(y, to_int(half(word), bits));
            if (std::isnan(value)) {
                ASSERT_EQ(y, 0) << word;
                ASSERT_TRUE(saturated) << word;
            } else {
                ASSERT_EQ(y, std::fmax(-limit, std::fmin(limit, rounded))) << word << " " << bits;
                ASSERT_EQ(saturated, std::fabs(rounded) > limit) << word << " " << bits;
            }
        }
    }
}

TEST(Binary16, ToIntRefusesImpossibleWidths)
{
    EXPECT_THROW(to_int(half(0x3c00), 1), std::invalid_argument);
    EXPECT_THROW(to_int(half(0x3c00), 33), std::invalid_argument);
}

// --- MPFR ---------------------------------------------------------------------------------------

/// The same operations by MPFR, at precision 11 within binary16's exponents.
/// An MPFR number is 0.1xxx * 2^e, so 2^-24 has e = -23 and 65504 has e = 16.
class MpfrHalf {
public:
    MpfrHalf() : emin_{mpfr_get_emin()}, emax_{mpfr_get_emax()}
    {
        for (auto* x : {a_, b_, c_, r_}) { mpfr_init2(x, 11); }
        mpfr_set_emin(-23);
        mpfr_set_emax(16);
    }
    ~MpfrHalf()
    {
        for (auto* x : {a_, b_, c_, r_}) { mpfr_clear(x); }
        mpfr_set_emin(emin_);
        mpfr_set_emax(emax_);
    }
    MpfrHalf(const MpfrHalf&) = delete;
    MpfrHalf& operator=(const MpfrHalf&) = delete;

    void set(double a, double b, double c)
    {
        mpfr_set_d(a_, a, MPFR_RNDN);
        mpfr_set_d(b_, b, MPFR_RNDN);
        mpfr_set_d(c_, c, MPFR_RNDN);
    }
    double fma() { return result(mpfr_fma(r_, a_, b_, c_, MPFR_RNDN)); }
    double add() { return result(mpfr_add(r_, a_, b_, MPFR_RNDN)); }
    double mul() { return result(mpfr_mul(r_, a_, b_, MPFR_RNDN)); }

private:
    double result(int ternary)
    {
        mpfr_subnormalize(r_, ternary, MPFR_RNDN);
        return mpfr_get_d(r_, MPFR_RNDN);
    }

    mpfr_exp_t emin_, emax_;
    mpfr_t a_, b_, c_, r_;
};

/// Operand triples that go where rounding is hard; uniform bits alone seldom do.
class Triples {
public:
    explicit Triples(std::uint64_t seed) : rng_{seed} {}

    std::array<unsigned, 3> next()
    {
        const std::uint64_t r = rng_();
        unsigned a = r & 0xffff;
        unsigned b = (r >> 16) & 0xffff;
        unsigned c = (r >> 32) & 0xffff;
        const auto nudge = static_cast<unsigned>((r >> 48) % 7) - 3;  // -3 .. 3 last places
        switch (r >> 61) {
            case 0:
            case 1:  // uniform bits: one triple in eleven has a NaN or an infinity
                break;
            case 2:  // c near -a * b
                c = near(-meaning(a) * meaning(b), nudge);
                break;
            case 3:  // b near -a, for add; c near that product as well
                b = ((a ^ 0x8000) + nudge) & 0xffff;
                c = near(-meaning(a) * meaning(b), nudge);
                break;
            case 4:  // subnormals and small normals
                a &= 0x8fff;
                b &= 0x8fff;
                c &= 0x87ff;
                break;
            case 5:  // products among the subnormals: exponents that add up to about -24
                a = (a & 0x83ff) | (((a >> 10) & 7) << 10);
                b = (b & 0x83ff) | ((((b >> 10) & 7) + 3) << 10);
                c &= 0x83ff;
                break;
            case 6:  // few significant bits: exact results and ties
                a &= 0xff80;
                b &= 0xff80;
                c &= 0xfff0;
                break;
            default:  // large: overflow and its edge
                a = (a & 0x83ff) | ((((a >> 10) & 7) + 20) << 10);
                b = (b & 0x83ff) | ((((b >> 10) & 7) + 16) << 10);
                c |= 0x7000;
                break;
        }
        return {a, b, c};
    }

private:
    /// A word at most some last places off `x`. It only picks stimuli, so it may use our own code.
    static unsigned near(double x, unsigned nudge)
    {
        return (from_double(x).bits + nudge) & 0xffff;
    }

    std::mt19937_64 rng_;
};

TEST(Binary16, AgreesWithMpfrOnRandomTriples)
{
    // Set AIMC_MPFR_CASES for a longer run.
    const char* wanted = std::getenv("AIMC_MPFR_CASES");
    const long n = wanted != nullptr ? std::stol(wanted) : 2'000'000;
    std::vector<double> value(0x10000);
    for (unsigned bits = 0; bits < 0x10000; ++bits) { value[bits] = meaning(bits); }
    const auto agrees = [&](Binary16 ours, double theirs) {
        return std::isnan(theirs) ? ours == canonical_nan : same_double(value[ours.bits], theirs);
    };

    MpfrHalf mpfr;
    Triples triples{20240607};
    long n_subnormal = 0;
    long n_infinite = 0;
    long n_nan = 0;
    long n_zero = 0;
    for (long i = 0; i < n; ++i) {
        const auto [a, b, c] = triples.next();
        mpfr.set(value[a], value[b], value[c]);
        const double expected = mpfr.fma();
        const Binary16 x = half(a);
        const Binary16 y = half(b);
        ASSERT_TRUE(agrees(fma(x, y, half(c)), expected))
            << std::hex << "fma " << a << " " << b << " " << c << " gives "
            << fma(x, y, half(c)).bits << std::dec << ", MPFR " << expected;
        ASSERT_TRUE(agrees(add(x, y), mpfr.add())) << std::hex << "add " << a << " " << b;
        ASSERT_TRUE(agrees(mul(x, y), mpfr.mul())) << std::hex << "mul " << a << " " << b;
        n_nan += std::isnan(expected);
        n_infinite += std::isinf(expected);
        n_zero += expected == 0;
        n_subnormal += expected != 0 && std::fabs(expected) < std::ldexp(1, -14);
    }
    std::cout << "MPFR: " << n << " triples, each fma, add and mul; fma gave " << n_subnormal
              << " subnormals, " << n_zero << " zeros, " << n_infinite << " infinities, " << n_nan
              << " NaN\n";
    EXPECT_GT(n_subnormal, n / 20) << "the mixture no longer reaches the subnormals";
    EXPECT_GT(n_infinite, n / 100) << "the mixture no longer overflows";
}

}  // namespace
}  // namespace aimc::ldpu
