// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/program.h"

#include "support/small_networks.h"

#include <gtest/gtest.h>

namespace aimc::network {
namespace {

using config::Activation;
using config::NodeOp;
using test::NetworkMaker;

constexpr config::Window k1{1, 1, 1, 1, 0, 0};

std::size_t steps_with(const config::Network& net, const Program& program, NodeOp op)
{
    std::size_t n = 0;
    for (const Step& step : program.steps) { n += net.nodes[step.node].op == op; }
    return n;
}

TEST(Program, ReluBecomesPartOfTheLayerBeforeIt)
{
    NetworkMaker make({3, 4, 4});
    const auto conv = make.conv(0, 5, k1);
    const auto relu = make.relu(conv);
    make.linear(make.global_average_pool(relu), 2);
    const Program program = make_program(make.network);
    ASSERT_EQ(program.steps.size(), 3U);
    EXPECT_EQ(program.steps[0].node, conv - 1);
    EXPECT_EQ(program.steps[0].output, relu);
    EXPECT_EQ(program.steps[0].activation, Activation::relu);
    EXPECT_EQ(program.n_layers, 2U);
    EXPECT_EQ(program.last_use[0], 0U);
    EXPECT_EQ(program.last_use[relu], 1U);
    EXPECT_FALSE(program.steps[0].partial_out);
    EXPECT_TRUE(program.steps[2].partial_out) << "the scores leave as partial sums";
}

TEST(Program, AdditionBehindALayerIsDoneByItsPort)
{
    for (const bool layer_first : {false, true}) {
        NetworkMaker make({3, 4, 4});
        const auto a = make.conv(0, 3, k1, Activation::relu);
        const auto b = make.conv(a, 3, k1);
        const auto sum = layer_first ? make.add(b, a) : make.add(a, b);
        const auto relu = make.relu(sum);
        make.linear(make.flatten(relu), 2);
        const Program program = make_program(make.network);
        ASSERT_EQ(program.steps.size(), 4U);
        const Step& step = program.steps[1];
        EXPECT_EQ(step.node, b - 1);
        EXPECT_EQ(step.residual, std::optional<std::size_t>(a));
        EXPECT_EQ(step.output, relu) << "the ReLU behind the sum has joined, too";
        EXPECT_EQ(step.activation, Activation::relu);
        EXPECT_EQ(program.last_use[a], 1U);
    }
}

TEST(Program, AdditionBringsItsOwnActivation)
{
    NetworkMaker make({3, 4, 4});
    const auto a = make.conv(0, 3, k1, Activation::relu);
    const auto b = make.conv(a, 3, k1);
    const auto sum = make.add(a, b, Activation::relu);
    make.linear(make.flatten(sum), 2);
    const Program program = make_program(make.network);
    ASSERT_EQ(program.steps.size(), 4U);
    EXPECT_EQ(program.steps[1].activation, Activation::relu);
    EXPECT_EQ(program.steps[1].output, sum);
}

TEST(Program, LayerWaitsForAShortcutThatIsMadeAfterIt)
{
    NetworkMaker make({4, 4, 4});
    const auto conv = make.conv(0, 8, {1, 1, 2, 2, 0, 0});
    const auto shortcut = make.shortcut(0, 2, 8);
    const auto sum = make.add(conv, shortcut);
    const auto after = make.conv(sum, 2, {2, 2, 1, 1, 0, 0});
    const Program program = make_program(make.network);
    ASSERT_EQ(program.steps.size(), 3U);
    EXPECT_EQ(program.steps[0].node, shortcut - 1);
    EXPECT_EQ(program.steps[1].node, conv - 1);
    EXPECT_EQ(program.steps[1].residual, std::optional<std::size_t>(shortcut));
    EXPECT_EQ(program.steps[1].output, sum);
    EXPECT_EQ(program.steps[2].node, after - 1);
    EXPECT_EQ(program.last_use[0], 1U) << "the image is read by the layer, after the shortcut";
}

TEST(Program, AdditionOfTwoLayersUsesOnePort)
{
    NetworkMaker make({4, 4, 4});
    const auto a = make.conv(0, 8, k1);
    const auto b = make.conv(0, 8, k1);
    const auto sum = make.add(a, b);
    make.linear(make.flatten(sum), 2);
    const Program program = make_program(make.network);
    ASSERT_EQ(program.steps.size(), 4U);
    EXPECT_EQ(program.steps[0].node, a - 1);
    EXPECT_FALSE(program.steps[0].residual.has_value());
    EXPECT_EQ(program.steps[1].residual, std::optional<std::size_t>(a));
}

TEST(Program, OneLayerTakesOneAdditionOnly)
{
    NetworkMaker make({4, 4, 4});
    const auto a = make.conv(0, 4, k1);
    const auto sum = make.add(0, a);
    const auto again = make.add(sum, 0);
    make.linear(make.flatten(again), 2);
    const Program program = make_program(make.network);
    EXPECT_EQ(program.steps[0].residual, std::optional<std::size_t>(0));
    EXPECT_EQ(steps_with(make.network, program, NodeOp::add), 1U);
    EXPECT_EQ(program.last_use[0], 1U);
}

TEST(Program, AdditionOfTwoActivatedMapsStaysOutside)
{
    NetworkMaker make({3, 4, 4});
    const auto a = make.conv(0, 3, k1, Activation::relu);
    const auto b = make.conv(a, 3, k1, Activation::relu);
    const auto relu = make.relu(make.add(a, b));
    make.linear(make.flatten(relu), 2);
    const Program program = make_program(make.network);
    ASSERT_EQ(program.steps.size(), 5U);
    EXPECT_EQ(program.steps[2].inputs, (std::vector<std::size_t>{a, b}));
    EXPECT_EQ(program.steps[2].activation, Activation::relu) << "an addition outside takes a ReLU";
    EXPECT_EQ(program.steps[2].output, relu);
}

TEST(Program, TwoReadersPreventFusing)
{
    NetworkMaker make({3, 4, 4});
    const auto a = make.conv(0, 3, k1);
    const auto relu = make.relu(a);  // a has another reader
    const auto sum = make.add(relu, a);
    const auto pooled = make.max_pool(sum, {2, 2, 2, 2, 0, 0});
    const auto twice = make.add(pooled, pooled);
    make.linear(make.flatten(twice), 2);
    const Program program = make_program(make.network);
    EXPECT_EQ(program.steps.size(), make.network.nodes.size());
    EXPECT_EQ(program.steps[0].activation, Activation::identity);
    EXPECT_EQ(steps_with(make.network, program, NodeOp::relu), 1U);
    EXPECT_EQ(steps_with(make.network, program, NodeOp::add), 2U);
}

TEST(Program, NothingPassesAnActivationOrAPool)
{
    NetworkMaker make({3, 4, 4});
    const auto a = make.conv(0, 3, k1, Activation::relu);
    const auto twice = make.relu(a);
    const auto pooled = make.relu(make.max_pool(twice, {2, 2, 2, 2, 0, 0}));
    make.linear(make.flatten(pooled), 2);
    const Program program = make_program(make.network);
    EXPECT_EQ(program.steps.size(), make.network.nodes.size());
}

/// Whatever is fused and moved: every step finds its maps made, and none dropped before.
TEST(Program, StepsFindWhatTheyRead)
{
    test::Dice dice(7);
    for (int repeat = 0; repeat < 300; ++repeat) {
        NetworkMaker make({4, 2, 2}, static_cast<std::uint64_t>(repeat));
        const int nodes = dice.roll(3, 14);
        const auto any = [&] {
            return static_cast<std::size_t>(
                dice.roll(0, static_cast<int>(make.network.nodes.size())));
        };
        for (int n = 0; n < nodes; ++n) {
            const auto activation = dice.flip() ? Activation::relu : Activation::identity;
            switch (dice.roll(0, 3)) {
                case 0: make.add(any(), any(), activation); break;
                case 1: make.relu(any()); break;
                case 2: make.shortcut(any(), 1, 4); break;
                default: make.conv(any(), 4, k1, activation);
            }
        }
        make.linear(make.flatten(make.network.nodes.size()), 2);
        const Program program = make_program(make.network);
        std::vector<bool> made(make.network.nodes.size() + 1, false);
        made[0] = true;
        std::size_t covered = 0;
        for (std::size_t s = 0; s < program.steps.size(); ++s) {
            const Step& step = program.steps[s];
            auto reads = step.inputs;
            if (step.residual) { reads.push_back(*step.residual); }
            for (const std::size_t map : reads) {
                EXPECT_TRUE(made[map]) << "map " << map << " of network " << repeat;
                EXPECT_GE(program.last_use[map], s);
            }
            made[step.output] = true;
            covered += step.residual.has_value();
            covered += is_layer(make.network, step) && step.output != step.node + 1 &&
                       make.network.nodes[step.output - 1].op == NodeOp::relu;
        }
        EXPECT_EQ(program.steps.back().output, make.network.nodes.size()) << "the scores are last";
        EXPECT_EQ(program.steps.back().node + 1, make.network.nodes.size());
        EXPECT_LE(program.steps.size() + covered, make.network.nodes.size());
    }
}

}  // namespace
}  // namespace aimc::network
