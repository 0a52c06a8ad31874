// SPDX-License-Identifier: Apache-2.0
// fma, add and mul of binary16 against MPFR on random operands.
#include "mpfr_half.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace aimc::ldpu {
namespace {

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

/// Whether a * b + c is exactly half way between two words. The product is exact in double; where
/// the sum is not, it has more than 53 bits and so is no tie.
bool is_tie(double a, double b, double c)
{
    const double product = a * b;
    const double sum = product + c;
    if (!std::isfinite(sum) || std::fabs(sum) >= 65536) { return false; }
    const double back = sum - product;
    if (product - (sum - back) != 0 || c - back != 0) { return false; }
    int exponent = 0;  // |sum| < 2^exponent
    std::frexp(sum, &exponent);
    const double ulps = std::ldexp(sum, -std::max(exponent - 11, -24));
    return std::fabs(ulps - std::trunc(ulps)) == 0.5;
}

/// What the results of a run were, so that the mixture of operands cannot become trivial.
struct Results {
    long n = 0, subnormal = 0, infinite = 0, nan = 0, zero = 0, ties = 0;

    void count(double x, bool tie)
    {
        ++n;
        nan += std::isnan(x);
        infinite += std::isinf(x);
        zero += x == 0;
        subnormal += x != 0 && std::fabs(x) < std::ldexp(1, -14);
        ties += tie;
    }
};

/// The seeds are parameters so that ctest runs them side by side.
class Binary16Mpfr : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Binary16Mpfr, AgreesOnRandomTriples)
{
    // Set AIMC_MPFR_CASES for a longer run.
    const char* wanted = std::getenv("AIMC_MPFR_CASES");
    const long n = wanted != nullptr ? std::stol(wanted) : 3'000'000;
    MpfrHalf mpfr;
    Triples triples{GetParam()};
    Results results;
    for (long i = 0; i < n; ++i) {
        const auto [a, b, c] = triples.next();
        const double x = values()[a];
        const double y = values()[b];
        const double z = values()[c];
        mpfr.set(x, y, z);
        const double expected = mpfr.fma();
        ASSERT_TRUE(agrees(fma(half(a), half(b), half(c)), expected))
            << std::hex << "fma " << a << " " << b << " " << c << " gives "
            << fma(half(a), half(b), half(c)).bits << std::dec << ", MPFR " << expected;
        ASSERT_TRUE(agrees(add(half(a), half(b)), mpfr.add()))
            << std::hex << "add " << a << " " << b;
        ASSERT_TRUE(agrees(mul(half(a), half(b)), mpfr.mul()))
            << std::hex << "mul " << a << " " << b;
        results.count(expected, is_tie(x, y, z));
    }
    std::cout << "MPFR: " << n << " triples, each fma, add and mul; fma gave " << results.subnormal
              << " subnormals, " << results.zero << " zeros, " << results.infinite
              << " infinities, " << results.nan << " NaN, and decided " << results.ties
              << " ties\n";
    EXPECT_GE(n, wanted != nullptr ? 1 : 2'500'000) << "four seeds make ten million";
    EXPECT_GT(results.subnormal, n / 20) << "the mixture no longer reaches the subnormals";
    EXPECT_GT(results.infinite, n / 100) << "the mixture no longer overflows";
    EXPECT_GT(results.ties, n / 200) << "the mixture no longer makes ties";
}

INSTANTIATE_TEST_SUITE_P(Seeds, Binary16Mpfr, testing::Values(20240607U, 2U, 3U, 4U));

}  // namespace
}  // namespace aimc::ldpu
