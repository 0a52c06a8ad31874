// SPDX-License-Identifier: Apache-2.0
// Which maps can be negative, for tiles whose inputs have no sign.
#include "aimc/network/signs.h"

#include "support/small_networks.h"

#include <gtest/gtest.h>

namespace aimc::network {
namespace {

using config::Activation;
using test::NetworkMaker;

constexpr config::Window k1{1, 1, 1, 1, 0, 0};
constexpr config::Window k3{3, 3, 1, 1, 1, 1};

TEST(Signs, FollowTheOperations)
{
    NetworkMaker make({2, 4, 4});
    const auto a = make.conv(0, 2, k1, Activation::relu);
    const auto b = make.conv(a, 2, k1);
    const auto sum = make.add(a, b, Activation::relu);
    const auto pool = make.max_pool(sum, {2, 2, 2, 2, 0, 0});
    make.linear(make.global_average_pool(pool), 2);
    const auto is_positive = never_negative(make.network);
    EXPECT_TRUE(is_positive[a]);
    EXPECT_FALSE(is_positive[b]);
    EXPECT_TRUE(is_positive[sum]);
    EXPECT_TRUE(is_positive[pool]);
    EXPECT_EQ(first_signed_reader(make.network), nullptr) << "b is added, not read by a layer";
}

TEST(Signs, AnAdditionWithoutReluKeepsTheSign)
{
    NetworkMaker make({2, 4, 4});
    const auto a = make.conv(0, 2, k1, Activation::relu);
    const auto sum = make.add(a, make.conv(a, 2, k1));
    const auto reader = make.conv(sum, 2, k1);
    make.linear(make.global_average_pool(reader), 2);
    EXPECT_EQ(first_signed_reader(make.network), &make.network.nodes[reader - 1]);
}

TEST(Signs, ValuesAroundAnImageCount)
{
    NetworkMaker make({2, 4, 4});
    const auto a = make.conv(0, 2, k3, Activation::relu);
    make.linear(make.global_average_pool(a), 2);
    auto& around = make.network.nodes[a - 1].padding_value;
    around = {0.5, 0.25};
    EXPECT_EQ(first_signed_reader(make.network), nullptr);
    around = {0.5, -0.25};
    EXPECT_EQ(first_signed_reader(make.network), &make.network.nodes[a - 1]);
}

}  // namespace
}  // namespace aimc::network
