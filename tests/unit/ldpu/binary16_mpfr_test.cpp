// SPDX-License-Identifier: Apache-2.0
// binary16 against MPFR on every combination of special words and on every conversion.
#include "mpfr_half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <iostream>
#include <limits>
#include <vector>

namespace aimc::ldpu {
namespace {

// --- Special values -----------------------------------------------------------------------------

/// Both signs of: 0, the ends of the subnormals and the normals with their neighbours, every power
/// of two, words around 1 and 3, infinity and four NaN.
std::vector<unsigned> special_words()
{
    std::vector<unsigned> words{0x0000, 0x0003, 0x03fe, 0x03ff, 0x0401, 0x07ff,
                                0x3bff, 0x3c01, 0x3e00, 0x4200, 0x7bfe, 0x7bff,
                                0x7c00, 0x7c01, 0x7dff, 0x7e00, 0x7fff};
    for (unsigned bit = 1; bit <= 0x0200; bit *= 2) { words.push_back(bit); }
    for (unsigned field = 1; field <= 30; ++field) { words.push_back(field << 10); }
    const std::size_t n_positive = words.size();
    for (std::size_t i = 0; i < n_positive; ++i) { words.push_back(words[i] | 0x8000); }
    return words;
}

TEST(Binary16Exhaustive, AgreesOnEveryCombinationOfSpecialWords)
{
    const std::vector<unsigned> words = special_words();
    MpfrHalf mpfr;
    long n_triples = 0;
    long n_pairs = 0;
    for (const unsigned a : words) {
        for (const unsigned b : words) {
            mpfr.set(values()[a], values()[b], 0.0);
            ASSERT_TRUE(agrees(add(half(a), half(b)), mpfr.add())) << std::hex << a << " " << b;
            ASSERT_TRUE(agrees(mul(half(a), half(b)), mpfr.mul())) << std::hex << a << " " << b;
            ++n_pairs;
            for (const unsigned c : words) {
                mpfr.set(values()[a], values()[b], values()[c]);
                ASSERT_TRUE(agrees(fma(half(a), half(b), half(c)), mpfr.fma()))
                    << std::hex << a << " " << b << " " << c;
                ++n_triples;
            }
        }
    }
    std::cout << "MPFR: " << words.size() << " special words, " << n_pairs
              << " pairs for add and mul, " << n_triples << " triples for fma\n";
}

// --- Conversions --------------------------------------------------------------------------------

TEST(Binary16Exhaustive, AgreesOnEveryConversionFromInt)
{
    MpfrHalf mpfr;
    long n = 0;
    const auto check = [&](std::int32_t x) {
        EXPECT_TRUE(agrees(from_int(x), mpfr.from_int(x))) << x;
        ++n;
    };
    for (std::int32_t x = -140'000; x <= 140'000; ++x) { check(x); }  // beyond, all is infinity
    for (int bit = 17; bit < 31; ++bit) {
        for (const std::int32_t off : {-1, 0, 1}) {
            check((std::int32_t{1} << bit) + off);
            check(-(std::int32_t{1} << bit) + off);
        }
    }
    check(std::numeric_limits<std::int32_t>::max());
    check(std::numeric_limits<std::int32_t>::min());
    std::cout << "MPFR: " << n << " integers to binary16, all within 140000\n";
}

TEST(Binary16Exhaustive, AgreesOnEveryConversionFromDouble)
{
    MpfrHalf mpfr;
    long n = 0;
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
        // 0x7c00 stands for 2^16 here: half way to it is where infinity begins.
        const double above = bits == 0x7bff ? 65536.0 : values()[bits + 1];
        const double tie = (values()[bits] + above) / 2;
        for (const double x : {values()[bits], tie, std::nextafter(tie, 0.0),
                               std::nextafter(tie, 1e9), (tie + above) / 2}) {
            ASSERT_TRUE(agrees(from_double(x), mpfr.from_double(x))) << x;
            ASSERT_TRUE(agrees(from_double(-x), mpfr.from_double(-x))) << -x;
            n += 2;
        }
    }
    std::cout << "MPFR: " << n << " doubles to binary16: every word, every one of " << 2 * 0x7c00
              << " half-way points, its neighbours\n";
}

TEST(Binary16Exhaustive, AgreesOnEveryConversionToInt)
{
    MpfrHalf mpfr;
    long n = 0;
    long n_ties = 0;
    for (unsigned word = 0; word < 0x10000; ++word) {
        const double value = values()[word];
        const double rounded = std::isfinite(value) ? mpfr.round(value) : value;
        n_ties += std::fabs(value - std::trunc(value)) == 0.5;
        for (int bits = 2; bits <= 32; ++bits) {
            const double limit = std::ldexp(1.0, bits - 1) - 1;
            const double expected =
                std::isnan(value) ? 0.0 : std::fmax(-limit, std::fmin(limit, rounded));
            bool saturated = false;
            ASSERT_EQ(to_int(half(word), bits, saturated), expected) << word << " " << bits;
            ASSERT_EQ(saturated, std::isnan(value) || expected != rounded) << word << " " << bits;
            ++n;
        }
    }
    std::cout << "MPFR: " << n << " binary16 to integer: all 65536 words, " << n_ties
              << " of them ties, in all 31 widths\n";
}

}  // namespace
}  // namespace aimc::ldpu
