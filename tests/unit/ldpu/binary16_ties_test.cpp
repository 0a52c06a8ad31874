// SPDX-License-Identifier: Apache-2.0
// Every tie of add and mul, found by going through all pairs of finite words with exact integers;
// the result must be the even neighbour. For fma, whose triples are too many, every half-way point
// is made in many ways.
#include "half_meaning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <vector>

namespace aimc::ldpu {
namespace {

constexpr unsigned infinity_word = 0x7c00;
constexpr unsigned sign_bit = 0x8000;
constexpr int e_min = -24;  ///< a finite word is an integer times 2^-24

/// A positive word is significand * 2^exponent, with at most 11 bits and exponent >= -24.
struct Parts {
    std::int64_t significand;
    int exponent;
};

Parts parts_of(unsigned word)
{
    const auto field = static_cast<int>(word >> 10);
    const std::int64_t fraction = word & 1023;
    return {fraction + (field == 0 ? 0 : 1024), std::max(field, 1) - 25};
}

int bit_length(std::int64_t x)
{
    return x == 0 ? 0 : 64 - __builtin_clzll(static_cast<unsigned long long>(x));
}

/// The word of significand * 2^exponent, which must be one.
Binary16 word_of(std::int64_t significand, int exponent)
{
    if (significand == 0) { return half(0); }
    const int up = std::min(11 - bit_length(significand), exponent - e_min);
    const auto bits = ((exponent - up - e_min) << 10) + (significand << up);
    return half(static_cast<unsigned>(bits));
}

/// If size * 2^exponent > 0 is half way between two words, their even one, else `none`. Half way
/// above the largest word it is infinity; larger values are not ties.
constexpr unsigned none = 0xffff;

inline unsigned even_neighbour(std::int64_t size, int exponent)
{
    const int ulp = std::max(bit_length(size) + exponent - 11, e_min);
    const int dropped = ulp - exponent;
    if (dropped <= 0 || dropped > 40) { return none; }
    const std::int64_t span = std::int64_t{1} << dropped;
    if ((size & (span - 1)) != span / 2) { return none; }
    const std::int64_t low = size >> dropped;
    const auto word = static_cast<unsigned>(((ulp - e_min) << 10) + low + (low & 1));
    return word <= infinity_word ? word : none;
}

/// Same signs or opposite signs of the two operands of add.
class Binary16AddTies : public testing::TestWithParam<int> {};

TEST_P(Binary16AddTies, AllGoToTheEvenNeighbour)
{
    std::vector<std::int64_t> value;  // in units of 2^-24
    for (unsigned word = 0; word < infinity_word; ++word) {
        const Parts p = parts_of(word);
        value.push_back(p.significand << (p.exponent - e_min));
    }
    const int sign = GetParam();
    long n_ties = 0;
    long n_wrong = 0;
    std::vector<bool> reached(infinity_word + 1);
    for (unsigned a = 1; a < infinity_word; ++a) {
        for (unsigned b = 1; b <= a; ++b) {  // the other order and the other signs are tried below
            const std::int64_t sum = value[a] + sign * value[b];
            const unsigned even = even_neighbour(sum, e_min);
            if (even == none) { continue; }
            const unsigned other = sign < 0 ? b | sign_bit : b;
            n_wrong += add(half(a), half(other)).bits != even;
            n_wrong += add(half(other), half(a)).bits != even;
            n_wrong += add(half(a | sign_bit), half(other ^ sign_bit)).bits != (even | sign_bit);
            reached[even] = true;
            ++n_ties;
        }
    }
    EXPECT_EQ(n_wrong, 0);
    EXPECT_GT(n_ties, 10'000'000);
    std::cout << "binary16 add, " << (sign > 0 ? "same signs" : "opposite signs")
              << ": all pairs of finite words, " << n_ties
              << " ties in both orders and negated, to "
              << std::count(reached.begin(), reached.end(), true) << " different words\n";
}

INSTANTIATE_TEST_SUITE_P(Signs, Binary16AddTies, testing::Values(1, -1));

TEST(Binary16Ties, OfEveryProductGoToTheEvenNeighbour)
{
    std::vector<Parts> parts;
    for (unsigned word = 0; word < infinity_word; ++word) { parts.push_back(parts_of(word)); }
    long n_ties = 0;
    long n_wrong = 0;
    long n_subnormal = 0;
    for (unsigned a = 1; a < infinity_word; ++a) {
        const Parts x = parts[a];
        for (unsigned b = 1; b <= a; ++b) {
            const Parts y = parts[b];
            const unsigned even =
                even_neighbour(x.significand * y.significand, x.exponent + y.exponent);
            if (even == none) { continue; }
            n_wrong += mul(half(a), half(b)).bits != even;
            n_wrong += mul(half(b), half(a | sign_bit)).bits != (even | sign_bit);
            n_wrong += fma(half(a), half(b | sign_bit), half(sign_bit)).bits != (even | sign_bit);
            n_subnormal += even < 0x0400;
            ++n_ties;
        }
    }
    EXPECT_EQ(n_wrong, 0);
    EXPECT_GT(n_ties, 1'000'000);
    EXPECT_GT(n_subnormal, 50'000);
    std::cout << "binary16 mul: all pairs of finite words, " << n_ties << " ties, " << n_subnormal
              << " of them at subnormal or zero results\n";
}

/// h = M * 2^q with an odd M of 12 bits is half way between two normal words. In units of 2^(q-s)
/// it is a * b + c for every a of s + 2 bits, c the rest: full significands in all three operands.
TEST(Binary16Ties, OfFusedMultiplyAddsGoToTheEvenNeighbour)
{
    long n_ties = 0;
    long n_wrong = 0;
    long n_points = 0;
    for (int q = -24; q <= 4; ++q) {
        const int s = std::min(9, q - e_min);
        const int unit = q - s;
        const int e_a = std::max(e_min, unit / 2);
        for (std::int64_t m = 2049; m < 4096; m += 2) {
            const std::int64_t h = m << s;
            const unsigned even = even_neighbour(m, q);
            ASSERT_NE(even, none);
            for (std::int64_t a = 2 << s; a < 4 << s; ++a) {
                const Binary16 x = word_of(a, e_a);
                const Binary16 y = word_of(h / a, unit - e_a);
                const Binary16 c = word_of(h % a, unit);
                n_wrong += fma(x, y, c).bits != even;
                n_wrong += fma(negate(y), x, negate(c)).bits != (even | sign_bit);
                ++n_ties;
            }
            ++n_points;
        }
    }
    EXPECT_EQ(n_wrong, 0);
    EXPECT_EQ(n_points, 29 * 1024);
    std::cout << "binary16 fma: " << n_points << " half-way points from 2^-13 on, " << n_ties
              << " ways to make them, both signs\n";
}

}  // namespace
}  // namespace aimc::ldpu
