// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/float_network.h"

#include "float_reference.h"
#include "support/small_networks.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::network {
namespace {

using config::Activation;
using test::NetworkMaker;

constexpr config::Window k3{3, 3, 1, 1, 1, 1};

/// Every node there is, additions of every kind; channels that do not fill a block of columns.
config::Network all_nodes(config::Im2col order, std::uint64_t seed)
{
    NetworkMaker make({3, 8, 10}, seed);
    make.network.im2col = order;
    make.network.input_scale = 1.0 / 64.0;
    const auto stem = make.conv(0, 5, k3, Activation::relu);
    const auto before = make.relu(make.add(stem, make.conv(stem, 5, k3)));
    const auto after = make.add(before, make.conv(before, 5, {1, 3, 1, 1, 0, 1}, Activation::relu));
    const auto down = make.conv(after, 17, {3, 2, 2, 2, 1, 0});
    const auto pooled = make.max_pool(make.shortcut(after, 2, 17), {1, 1, 1, 1, 0, 0});
    const auto sum = make.add(down, pooled);
    const auto mean = make.average_pool(make.max_pool(sum, {2, 2, 2, 1, 0, 0}), {1, 3, 1, 1, 0, 0});
    const auto one = make.linear(make.flatten(mean), 33, Activation::relu);
    make.linear(make.global_average_pool(one), 7);
    return make.network;
}

std::vector<std::uint8_t> random_image(std::size_t n, test::Dice& dice)
{
    std::vector<std::uint8_t> image(n);
    for (auto& b : image) { b = static_cast<std::uint8_t>(dice.roll(0, 255)); }
    return image;
}

/// [pixel, channel] as the library keeps maps, from [channel, pixel].
std::vector<double> pixel_major(const std::vector<double>& map, const config::MapShape& shape)
{
    const std::size_t pixels = shape.height * shape.width;
    std::vector<double> out(map.size());
    for (std::size_t c = 0; c < shape.channels; ++c) {
        for (std::size_t p = 0; p < pixels; ++p) {
            out[p * shape.channels + c] = map[c * pixels + p];
        }
    }
    return out;
}

TEST(FloatNetwork, EqualsADoubleReferenceMapByMap)
{
    test::Dice dice(4);
    for (const auto order : {config::Im2col::channel_ky_kx, config::Im2col::ky_kx_channel}) {
        const config::Network net = all_nodes(order, 9);
        const Program program = make_program(net);
        EXPECT_LT(program.steps.size(), net.nodes.size()) << "some are fused";
        const FloatNetwork tested(net, program);
        for (int repeat = 0; repeat < 3; ++repeat) {
            const auto image = random_image(net.input.size(), dice);
            const auto expected = test::FloatReference(net).run(image.data());
            std::size_t maps = 0;
            const auto scores =
                tested.run(image.data(), [&](std::size_t m, const std::vector<float>& values) {
                    const auto ref = pixel_major(expected[m], net.shape_of(m));
                    ASSERT_EQ(values.size(), ref.size());
                    double largest = 0.0;
                    double worst = 0.0;
                    for (std::size_t i = 0; i < ref.size(); ++i) {
                        largest = std::max(largest, std::fabs(ref[i]));
                        worst = std::max(worst, std::fabs(static_cast<double>(values[i]) - ref[i]));
                    }
                    EXPECT_LE(worst, 2e-6 * largest) << "map " << m;
                    ++maps;
                });
            EXPECT_EQ(maps, program.steps.size() + 1);
            ASSERT_EQ(scores.size(), 7U);
            for (std::size_t c = 0; c < 7; ++c) {
                EXPECT_NEAR(static_cast<double>(scores[c]), expected.back()[c],
                            1e-5 * std::fabs(expected.back()[c]) + 1e-3);
            }
        }
    }
}

TEST(FloatNetwork, GivesTheSameBitsOnEveryMachine)
{
    test::Dice dice(5);
    const config::Network net = all_nodes(config::Im2col::channel_ky_kx, 10);
    const Program program = make_program(net);
    const auto image = random_image(net.input.size(), dice);
    const auto expected = FloatNetwork(net, program, SimdLevel::scalar).run(image.data());
    for (const SimdLevel level : simd_levels()) {
        EXPECT_EQ(FloatNetwork(net, program, level).run(image.data()), expected)
            << to_string(level);
    }
}

TEST(FloatNetwork, FirstOfEqualScoresWins)
{
    EXPECT_EQ(argmax(std::vector<int>{3, 7, 7, 1}), 1U);
    EXPECT_EQ(argmax(std::vector<float>{-2.0F, -2.0F}), 0U);
}

}  // namespace
}  // namespace aimc::network
