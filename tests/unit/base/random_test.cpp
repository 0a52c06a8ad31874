// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <set>
#include <vector>

namespace aimc {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers of Random123 1.14 (kat_vectors, philox4x32 10). Each is reached through a Place, so
// they pin the layout of key and counter as well.
TEST(Philox, GivesTheKnownAnswerOfAllZeros)
{
    Place place;
    place.purpose = Purpose{0};
    EXPECT_EQ(philox_block(place, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(Philox, GivesTheKnownAnswerOfAllOnes)
{
    const Place place{~std::uint64_t{0}, Purpose{0xff}, 0xffff, 0xffff, 0xffff, 0xffffffffff};
    EXPECT_EQ(philox_block(place, 0xffffffff),
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Philox, GivesTheKnownAnswerOfTheDigitsOfPi)
{
    Place place;
    place.seed = 0x299f31d0a4093822;  // key a4093822 299f31d0
    place.row = 0x08d3;               // counter 243f6a88 85a308d3 13198a2e 03707344
    place.lane = 0x85a3;
    place.read = 0x4413198a2e;
    place.purpose = Purpose{0x03};
    place.tile = 0x7073;
    EXPECT_EQ(philox_block(place, 0x243f6a88),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, WordsOfManyReadsAreThoseOfTheirBlocks)
{
    const Place first{5, Purpose::inputs, 3, 2, 1, 0xfffffffd};  // reads go over 32 bits
    for (const SimdLevel simd : simd_levels()) {
        for (const ColumnSpan columns : {ColumnSpan{0, 4}, ColumnSpan{3, 1}, ColumnSpan{6, 21},
                                         ColumnSpan{0, 256}, ColumnSpan{255, 523}}) {
            const std::size_t stride = columns.n + 3;
            std::vector<std::uint32_t> words(6 * stride, 42U);
            random_words(first, 6, columns, simd, stride, words.data());
            for (std::size_t i = 0; i < words.size(); ++i) {
                Place place = first;
                place.read += i / stride;
                const auto column = columns.first + static_cast<std::uint32_t>(i % stride);
                const std::uint32_t expected =
                    i % stride < columns.n ? philox_block(place, column / 4)[column % 4] : 42U;
                ASSERT_EQ(words[i], expected) << to_string(simd) << i;
            }
        }
    }
}

TEST(NearNormals, AreOffByNoMoreThanPromised)
{
    // every 9973rd word, and the ends and the middle without a gap
    std::vector<std::uint32_t> words;
    for (std::uint64_t w = 0; w < 0x100000000U; w += 9973) {
        words.push_back(static_cast<std::uint32_t>(w));
    }
    for (std::uint32_t i = 0; i < 5000; ++i) {
        for (const std::uint32_t from : {0U, 2'076'000U, 0x80000000U, ~2'076'000U, ~0U}) {
            words.push_back(from + i);
            words.push_back(from - i);
        }
    }
    std::vector<float> z(words.size());
    for (const SimdLevel simd : simd_levels()) {
        near_normals(words.data(), words.size(), simd, z.data());
        double worst = 0.0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            const double exact = normal_of(words[i]);
            worst =
                std::max(worst, std::fabs(static_cast<double>(z[i]) - exact) / std::fabs(exact));
        }
        std::cout << "near normals, " << to_string(simd) << ": " << worst << " off at most\n";
        EXPECT_LT(worst, 0.75 * near_normal_error) << "a quarter is left for words not tried here";
        EXPECT_GT(worst, 1e-8) << "or nothing was compared";
    }
}

TEST(Philox, PurposesAreFrozen)
{
    EXPECT_EQ(static_cast<int>(Purpose::programming), 1);
    EXPECT_EQ(static_cast<int>(Purpose::drift), 2);
    EXPECT_EQ(static_cast<int>(Purpose::read_noise), 3);
    EXPECT_EQ(static_cast<int>(Purpose::adc_gain), 4);
    EXPECT_EQ(static_cast<int>(Purpose::adc_offset), 5);
    EXPECT_EQ(static_cast<int>(Purpose::adc_shape), 6);
    EXPECT_EQ(static_cast<int>(Purpose::adc_thermal), 7);
    EXPECT_EQ(static_cast<int>(Purpose::input_offset), 8);
    EXPECT_EQ(static_cast<int>(Purpose::polarity_asymmetry), 9);
    EXPECT_EQ(static_cast<int>(Purpose::weights), 10);
    EXPECT_EQ(static_cast<int>(Purpose::inputs), 11);
    EXPECT_EQ(static_cast<int>(Purpose::calibration_inputs), 12);
    EXPECT_EQ(static_cast<int>(Purpose::frozen_read_noise), 13);
    EXPECT_EQ(static_cast<int>(Purpose::calibration_read_noise), 19);
    EXPECT_EQ(static_cast<int>(Purpose::calibration_adc_thermal), 23);
}

TEST(Place, EveryFieldChangesTheNumbers)
{
    const Place base{7, Purpose::read_noise, 1, 2, 3, 4};
    std::vector<Place> places(7, base);
    places[1].seed = 8;
    places[2].purpose = Purpose::drift;
    places[3].tile = 2;
    places[4].row = 3;
    places[5].lane = 4;
    places[6].read = 4 + (std::uint64_t{1} << 32);
    std::set<Words> different;
    for (const Place& p : places) { different.insert(philox_block(p, 0)); }
    different.insert(philox_block(base, 1));
    EXPECT_EQ(different.size(), 8U);
}

TEST(Uniform, NeverReachesItsEnds)
{
    static_assert(to_uniform(0) > 0.0 && to_uniform(0) == 0x1p-33);
    static_assert(to_uniform(0xffffffff) < 1.0);
    static_assert(to_uniform(0x7fffffff) + to_uniform(0x80000000) == 1.0);
}

TEST(Uniform, TakesTheWordOfItsColumn)
{
    const Place place{1, Purpose::inputs, 0, 5, 0, 9};
    for (std::uint32_t c = 0; c < 12; ++c) {
        EXPECT_EQ(uniform(place, c), to_uniform(philox_block(place, c / 4)[c % 4]));
    }
}

TEST(Normals, AreTheSameOneByOneAndForAnyLength)
{
    const Place place{3, Purpose::programming, 0, 1, 4, 0};
    for (const std::uint32_t n : {0U, 1U, 3U, 4U, 5U, 18U}) {
        std::vector<double> z(n + 1, -99.0);
        normals(place, n, z.data());
        for (std::uint32_t c = 0; c < n; ++c) { EXPECT_EQ(z[c], normal(place, c)) << n; }
        EXPECT_EQ(z[n], -99.0) << "wrote past the end";
    }
}

TEST(Normals, HaveTheMomentsOfTheStandardNormal)
{
    constexpr std::uint32_t n = 200000;
    std::vector<double> z(n);
    normals(Place{42, Purpose::read_noise, 0, 0, 0, 0}, n, z.data());
    double m1 = 0.0, m2 = 0.0, m3 = 0.0, m4 = 0.0, neighbours = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        m1 += z[i] / n;
        m2 += z[i] * z[i] / n;
        m3 += z[i] * z[i] * z[i] / n;
        m4 += z[i] * z[i] * z[i] * z[i] / n;
        if (i > 0) { neighbours += z[i] * z[i - 1] / n; }
    }
    const double root = std::sqrt(static_cast<double>(n));  // bounds at four standard errors
    EXPECT_NEAR(m1, 0.0, 4.0 / root);
    EXPECT_NEAR(m2, 1.0, 4.0 * std::sqrt(2.0) / root);
    EXPECT_NEAR(m3, 0.0, 4.0 * std::sqrt(15.0) / root);
    EXPECT_NEAR(m4, 3.0, 4.0 * std::sqrt(96.0) / root);
    EXPECT_NEAR(neighbours, 0.0, 4.0 / root);
}

TEST(Normals, InSimdWordsEqualThoseOneByOne)
{
    // read numbers pass 2^32 on the way, and 40 bits at the end
    std::size_t n_tails = 0;
    for (const std::uint64_t first_read :
         {std::uint64_t{0xfffffff0}, std::uint64_t{0xfffffffffe}}) {
        const Place place{0x123456789abcdef, Purpose::adc_thermal, 5, 17, 9, first_read};
        for (const SimdLevel simd : simd_levels()) {
            for (const ColumnSpan columns :
                 {ColumnSpan{0, 64}, ColumnSpan{1, 1}, ColumnSpan{3, 1}, ColumnSpan{5, 3},
                  ColumnSpan{6, 113}, ColumnSpan{1020, 28}}) {
                const std::size_t n_reads = 33;
                const std::size_t stride = columns.n + 3;
                std::vector<double> z(n_reads * stride, -99.0);
                normals(place, n_reads, columns, simd, stride, z.data());
                for (std::size_t k = 0; k < n_reads; ++k) {
                    Place own = place;
                    own.read += k;
                    for (std::uint32_t c = 0; c < columns.n; ++c) {
                        ASSERT_EQ(z[k * stride + c], normal(own, columns.first + c))
                            << to_string(simd) << ", read " << k << ", column " << c;
                        n_tails += std::fabs(z[k * stride + c]) > 3.0;
                    }
                    ASSERT_EQ(z[k * stride + columns.n], -99.0) << "beyond the columns";
                }
            }
        }
    }
    EXPECT_GT(n_tails, 50U);
}

}  // namespace
}  // namespace aimc
