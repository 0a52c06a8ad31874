// SPDX-License-Identifier: Apache-2.0
// What happens outside the tiles, worked by hand. Byte b of an image is the code b - 128.
#include "aimc/network/walk.h"

#include "aimc/network/layer_unit.h"

#include "support/small_networks.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace aimc::network {
namespace {

using config::Activation;
using test::NetworkMaker;
using Codes = std::vector<std::int32_t>;

constexpr config::Window k1{1, 1, 1, 1, 0, 0};

std::vector<std::uint8_t> bytes_of(const Codes& codes)
{
    std::vector<std::uint8_t> out;
    for (const int c : codes) { out.push_back(static_cast<std::uint8_t>(c + 128)); }
    return out;
}

/// The map that the nodes before the first layer give.
Codes map_before_layers(const Wiring& wiring, std::size_t map, const Codes& image)
{
    Walk walk(wiring);
    walk.keep_maps();
    walk.start(bytes_of(image).data(), 0);
    EXPECT_TRUE(walk.next());
    return walk.map(map);
}

TEST(Walk, MeansRoundHalfToEven)
{
    NetworkMaker make({1, 1, 16});
    const auto mean = make.average_pool(0, {1, 2, 1, 2, 0, 0});
    make.linear(make.flatten(mean), 2);
    const Wiring w = test::plain_wiring(make.network);
    //                 1.5   2.5   -1.5    -2.5    -0.5   0.5   -1     126.5
    const Codes image{1, 2, 2, 3, -1, -2, -2, -3, 0, -1, 1, 0, 0, -2, 127, 126};
    EXPECT_EQ(map_before_layers(w, mean, image), (Codes{2, 2, -2, -2, 0, 0, -1, 126}));
}

TEST(Walk, HoldsCodesThatTheTileTakes)
{
    NetworkMaker make({1, 1, 3});
    const auto a = make.conv(0, 1, k1);
    make.linear(make.flatten(a), 2);
    Wiring w = test::plain_wiring(make.network);
    w.scales.largest_code = 15;
    Walk walk(w);
    walk.keep_maps();
    walk.start(bytes_of({0, 0, 0}).data(), 0);
    ASSERT_TRUE(walk.next());
    const Codes words{127, -16, 15};
    walk.give(words.data());
    ASSERT_TRUE(walk.next());
    EXPECT_EQ(walk.map(a), (Codes{15, -15, 15}));
}

TEST(Walk, ValuesAroundAnImageAreCodesPerChannel)
{
    NetworkMaker make({2, 1, 1});
    const auto a = make.conv(0, 1, {1, 3, 1, 1, 0, 1});
    make.linear(make.flatten(a), 2);
    make.network.nodes[a - 1].padding_value = {7.0, -3.0};
    Wiring w = test::plain_wiring(make.network);
    w.scales.lsb[0] = 0.5;
    Walk walk(w);
    walk.start(bytes_of({1, 2}).data(), 0);
    ASSERT_TRUE(walk.next());
    EXPECT_EQ(walk.work().x, (std::vector<std::int8_t>{14, 1, 14, -6, 2, -6}));
}

TEST(Walk, MeansOfThreeAreNotTruncated)
{
    NetworkMaker make({1, 1, 12});
    const auto mean = make.average_pool(0, {1, 3, 1, 3, 0, 0});
    make.linear(make.flatten(mean), 2);
    Wiring w = test::plain_wiring(make.network);
    const Codes image{1, 1, 0, -1, -1, 0, 1, 0, 0, -1, 0, 0};  // +-2/3, +-1/3
    EXPECT_EQ(map_before_layers(w, mean, image), (Codes{1, -1, 0, 0}));
    w.scales.average_up[0] = 2;  // 8/3, -8/3, 4/3, -4/3
    EXPECT_EQ(map_before_layers(w, mean, image), (Codes{3, -3, 1, -1}));
    w.scales.average_up[0] = 9;  // +-341.3, +-170.7
    EXPECT_EQ(map_before_layers(w, mean, image), (Codes{127, -127, 127, -127})) << "held at 8 bits";
}

TEST(Walk, GlobalMeansAreOverHeightAndWidth)
{
    NetworkMaker make({2, 2, 2});
    const auto mean = make.global_average_pool(0);
    make.linear(mean, 2);
    const Wiring w = test::plain_wiring(make.network);
    EXPECT_EQ(map_before_layers(w, mean, {1, 2, 3, 4, -1, -2, -3, -4}), (Codes{2, -2}));
}

TEST(Walk, AdditionsShiftEachSummandHalfToEven)
{
    NetworkMaker make({1, 1, 8});
    const auto a = make.shortcut(0, 1, 1);
    const auto b = make.max_pool(0, k1);
    const auto sum = make.add(a, b);
    make.linear(make.flatten(sum), 2);
    Wiring w = test::plain_wiring(make.network);
    const Codes image{5, 7, -5, -7, 1, -1, 127, -127};
    EXPECT_EQ(map_before_layers(w, sum, image), (Codes{10, 14, -10, -14, 2, -2, 127, -127}))
        << "held at +-127";
    w.scales.add_shift[2] = {1, 0};  // 2.5 -> 2, 3.5 -> 4, 0.5 -> 0, 63.5 -> 64
    EXPECT_EQ(map_before_layers(w, sum, image), (Codes{7, 11, -7, -11, 1, -1, 127, -127}));
    w.scales.add_shift[2] = {1, 2};  // 1.25, 1.75, 0.25, 31.75
    EXPECT_EQ(map_before_layers(w, sum, image), (Codes{3, 6, -3, -6, 0, 0, 96, -96}));
    w.scales.add_shift[2] = {20, 20};
    EXPECT_EQ(map_before_layers(w, sum, image), Codes(8, 0));
}

TEST(Walk, ReluComesAfterTheAddition)
{
    NetworkMaker make({1, 1, 4});
    const auto sum = make.add(make.shortcut(0, 1, 1), make.relu(0), Activation::relu);
    make.linear(make.flatten(sum), 2);
    const Wiring w = test::plain_wiring(make.network);
    EXPECT_EQ(map_before_layers(w, sum, {-5, 0, 5, 100}), (Codes{0, 0, 10, 127}));
}

/// A layer without a say, whose residual is the image. @return the residual words of this image
std::vector<std::int16_t> residual_words(int shift, const Codes& image, std::uint64_t& clipped)
{
    NetworkMaker make({1, 1, image.size()});
    const auto sum = make.add(0, make.conv(0, 1, k1));
    make.linear(make.flatten(sum), 2);
    Wiring w = test::plain_wiring(make.network, 256, 256, 2);
    EXPECT_TRUE(w.program.steps[0].residual.has_value());
    w.scales.residual_shift[0] = shift;
    Walk walk(w);
    walk.start(bytes_of(image).data(), 0);
    EXPECT_TRUE(walk.next());
    clipped = walk.residuals_clipped();
    return walk.work().residual;
}

TEST(Walk, ResidualWordsAreAlignedToTheOutput)
{
    const Codes image{5, 7, -5, -7, 127, -127, 0, 1};
    std::uint64_t clipped = 0;
    using Words = std::vector<std::int16_t>;
    EXPECT_EQ(residual_words(0, image, clipped), (Words{20, 28, -20, -28, 508, -508, 0, 4}));
    EXPECT_EQ(residual_words(3, image, clipped), (Words{160, 224, -160, -224, 4064, -4064, 0, 32}));
    EXPECT_EQ(clipped, 0U);
    // two bits up, three down: half to even
    EXPECT_EQ(residual_words(-3, image, clipped), (Words{2, 4, -2, -4, 64, -64, 0, 0}));
    EXPECT_EQ(residual_words(-2, image, clipped), (Words{5, 7, -5, -7, 127, -127, 0, 1}));
    EXPECT_EQ(residual_words(-12, image, clipped), (Words{0, 0, 0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(clipped, 0U);
    EXPECT_EQ(residual_words(8, image, clipped),
              (Words{5120, 7168, -5120, -7168, 32767, -32768, 0, 1024}));
    EXPECT_EQ(clipped, 2U);
    EXPECT_EQ(residual_words(29, image, clipped),
              (Words{32767, 32767, -32768, -32768, 32767, -32768, 0, 32767}));
    EXPECT_EQ(clipped, 7U);
}

TEST(Walk, PartialSumsBecomeResidualWords)
{
    std::uint64_t clipped = 0;
    EXPECT_EQ(handed_on(-7, 0, clipped), -7);
    EXPECT_EQ(handed_on(-7, 3, clipped), -56);
    EXPECT_EQ(handed_on(6, -2, clipped), 2);   // 1.5
    EXPECT_EQ(handed_on(10, -2, clipped), 2);  // 2.5
    EXPECT_EQ(handed_on(-6, -2, clipped), -2);
    EXPECT_EQ(handed_on(-10, -2, clipped), -2);
    EXPECT_EQ(handed_on(32767, 0, clipped), 32767);
    EXPECT_EQ(handed_on(-32768, 0, clipped), -32768);
    EXPECT_EQ(clipped, 0U);
    EXPECT_EQ(handed_on(32768, 0, clipped), 32767);
    EXPECT_EQ(handed_on(-32769, 0, clipped), -32768);
    EXPECT_EQ(handed_on(2147483647, 8, clipped), 32767);
    EXPECT_EQ(clipped, 3U);
}

TEST(Walk, GivesVectorsReadsAndTakesWhatLeaves)
{
    NetworkMaker make({1, 2, 2});
    const auto first = make.conv(0, 2, {1, 2, 1, 1, 0, 0}, Activation::relu);
    make.linear(make.flatten(first), 3);
    const Wiring w = test::plain_wiring(make.network);
    Walk walk(w);
    walk.keep_maps();
    walk.start(bytes_of({1, -2, 3, -4}).data(), 5);
    ASSERT_TRUE(walk.next());
    EXPECT_EQ(walk.work().n, 2U);
    EXPECT_EQ(walk.work().x, (std::vector<std::int8_t>{1, -2, 3, -4}));
    EXPECT_EQ(walk.work().residual_words(), nullptr);
    EXPECT_EQ(walk.work().first_read, 15U) << "3 reads per image, image 5";
    const Codes leaving{1, 200, -300, 4};  // two pixels of two channels
    walk.give(leaving.data());
    EXPECT_EQ(walk.map(first), (Codes{1, -127, 127, 4})) << "channel by channel, held at +-127";
    ASSERT_TRUE(walk.next());
    EXPECT_EQ(walk.work().x, (std::vector<std::int8_t>{1, -127, 127, 4}));
    EXPECT_EQ(walk.work().first_read, 17U);
    const Codes scores{100000, -5, 3};
    walk.give(scores.data());
    EXPECT_FALSE(walk.next());
    EXPECT_EQ(walk.scores(), scores) << "partial sums are wider than codes";
    EXPECT_EQ(walk.map(w.program.steps.back().output), scores);
}

TEST(Walk, MayStartAgain)
{
    NetworkMaker make({1, 1, 3});
    const auto flat = make.flatten(make.relu(0));
    make.linear(flat, 2);
    const Wiring w = test::plain_wiring(make.network);
    Walk walk(w);
    for (const int sign : {1, -1, 1}) {
        walk.start(bytes_of({3 * sign, 0, -3 * sign}).data(), 0);
        ASSERT_TRUE(walk.next());
        const auto expected =
            sign > 0 ? std::vector<std::int8_t>{3, 0, 0} : std::vector<std::int8_t>{0, 0, 3};
        EXPECT_EQ(walk.work().x, expected);
    }
}

}  // namespace
}  // namespace aimc::network
