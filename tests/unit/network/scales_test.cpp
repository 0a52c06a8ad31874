// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/scales.h"

#include "aimc/network/bring_up.h"

#include "support/small_networks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aimc::network {
namespace {

using config::Activation;
using config::NodeOp;
using test::NetworkMaker;

constexpr config::Window k1{1, 1, 1, 1, 0, 0};
constexpr double code_max = 127.0;
constexpr double no_limit = 1e12;  // offset words that hold anything

Plan plan_for(const config::Network& net, const Program& program)
{
    return make_plan(net, program, 64, 64, {});
}

/// Scales of a network whose maps reach these values. [maps]
Scales scales_with(const config::Network& net, const std::vector<double>& tops)
{
    Ranges ranges(net, 100.0, 1);
    for (std::size_t m = 0; m < tops.size(); ++m) {
        std::vector<float> values(net.shape_of(m).size(), 0.0F);
        values.back() = static_cast<float>(-tops[m]);
        ranges.add(m, values);
    }
    const Program program = make_program(net);
    return choose_scales(net, program, plan_for(net, program), ranges, no_limit);
}

TEST(Scales, NarrowInputsGetCoarserCodes)
{
    NetworkMaker make({2, 3, 3});
    const auto a = make.conv(0, 4, k1, config::Activation::relu);
    make.linear(make.flatten(a), 2);
    const Program program = make_program(make.network);
    Ranges ranges(make.network, 100.0, 1);
    std::vector<float> values(make.network.shape_of(a).size(), 0.0F);
    values.back() = 30.0F;
    ranges.add(a, values);
    std::vector<float> image(make.network.shape_of(0).size(), 0.0F);
    image.back() = 255.0F;
    ranges.add(0, image);
    const Scales scales =
        choose_scales(make.network, program, plan_for(make.network, program), ranges, no_limit, 15);
    EXPECT_EQ(scales.largest_code, 15);
    EXPECT_DOUBLE_EQ(scales.lsb[a], 2.0);
    EXPECT_DOUBLE_EQ(scales.lsb[0], 17.0);
    EXPECT_EQ(scales.input[255], 15);
    EXPECT_EQ(scales.input[8], 0);
    EXPECT_EQ(scales.input[9], 1);
    make.network.nodes[a - 1].padding_value = {34.0, -1000.0};
    EXPECT_EQ(padding_codes(scales, make.network.nodes[a - 1]), (std::vector<std::int8_t>{2, -15}));
}

TEST(Scales, ConstantsFitTheOffsetWords)
{
    NetworkMaker make({2, 3, 3});
    const auto a = make.conv(0, 4, k1);
    make.linear(make.global_average_pool(a), 2);
    make.network.nodes[a - 1].bias[1] = -30.0;
    const Program program = make_program(make.network);
    Ranges ranges(make.network, 100.0, 1);
    std::vector<float> values(make.network.shape_of(a).size(), 0.0F);
    values.back() = 12.7F;  // by itself 0.1 a code: the bias would be 300 codes
    ranges.add(a, values);
    const double reach = 63.5;
    const Scales scales =
        choose_scales(make.network, program, plan_for(make.network, program), ranges, reach);
    // the average behind it is a power of two finer, which may round its scale up
    EXPECT_LE(30.0 / scales.lsb[a], 0.9 * reach + 1e-9);
    EXPECT_GT(30.0 / scales.lsb[a], 0.45 * reach);
}

TEST(Scales, LargestCodeStandsForTheRange)
{
    NetworkMaker make({2, 3, 3});
    make.network.input_scale = 0.5;
    const auto a = make.conv(0, 4, k1, Activation::relu);
    const auto pooled = make.max_pool(a, {3, 3, 3, 3, 0, 0});
    make.linear(make.flatten(pooled), 2);
    const Scales s = scales_with(make.network, {80.0, 12.5, 11.0, 11.0, 3.0});
    EXPECT_DOUBLE_EQ(s.lsb[0], 80.0 / code_max);
    for (const std::size_t map : {a, pooled, pooled + 1}) {
        EXPECT_DOUBLE_EQ(s.lsb[map], 12.5 / code_max) << "a pool keeps the codes it reads";
    }
    EXPECT_DOUBLE_EQ(s.lsb[4], 3.0 / code_max);
    for (int byte = 0; byte < 256; ++byte) {
        const double code = byte * 0.5 * code_max / 80.0;
        const int expected = static_cast<int>(std::min(std::floor(code + 0.5), code_max));
        EXPECT_EQ(s.input[static_cast<std::size_t>(byte)], expected) << byte;
    }
    EXPECT_EQ(s.input[160], 127);
    EXPECT_EQ(s.input[255], 127);
}

TEST(Scales, NothingSeenIsOneLsbPerCode)
{
    NetworkMaker make({2, 1, 1});
    make.linear(0, 2);
    const Scales s = scales_with(make.network, {});
    EXPECT_DOUBLE_EQ(s.lsb[0], 1.0);
    EXPECT_EQ(s.input[255], 127);
}

TEST(Scales, ResidualsAreAPowerOfTwoApart)
{
    NetworkMaker make({2, 2, 2});
    const auto a = make.conv(0, 3, k1, Activation::relu);
    const auto sum = make.add(a, make.conv(a, 3, k1));
    make.linear(make.flatten(sum), 2);
    // a sets the scale: 1 + 40/35 of its codes are wasted, 17.5/10 + 1 if the sum did
    const Scales s = scales_with(make.network, {255.0, 10.0, 0.0, 35.0, 35.0, 1.0});
    EXPECT_DOUBLE_EQ(s.lsb[a], 10.0 / code_max);
    EXPECT_DOUBLE_EQ(s.lsb[sum], 40.0 / code_max);
    EXPECT_EQ(s.residual_shift[1], -2);
    EXPECT_EQ(s.residual_shift[0], 0);
}

TEST(Scales, AdditionsOutsideShiftToTheRightOnly)
{
    NetworkMaker make({2, 2, 2});
    const auto a = make.conv(0, 3, k1, Activation::relu);
    const auto b = make.conv(a, 3, k1, Activation::relu);
    const auto sum = make.add(a, b);
    make.linear(make.flatten(sum), 2);
    const Scales s = scales_with(make.network, {255.0, 10.0, 100.0, 12.0, 12.0, 1.0});
    EXPECT_DOUBLE_EQ(s.lsb[a], 12.5 / code_max);
    EXPECT_DOUBLE_EQ(s.lsb[b], 100.0 / code_max);
    EXPECT_DOUBLE_EQ(s.lsb[sum], 100.0 / code_max) << "as coarse as the coarser summand";
    EXPECT_EQ(s.add_shift[2], (std::array<int, 2>{3, 0}));
}

TEST(Scales, AveragesGainBitsOnly)
{
    NetworkMaker make({2, 2, 2});
    const auto a = make.conv(0, 3, k1, Activation::relu);
    const auto mean = make.global_average_pool(a);
    make.linear(mean, 2);
    const Scales finer = scales_with(make.network, {255.0, 100.0, 11.0, 1.0});
    EXPECT_DOUBLE_EQ(finer.lsb[a], 100.0 / code_max);
    EXPECT_DOUBLE_EQ(finer.lsb[mean], 12.5 / code_max);
    EXPECT_EQ(finer.average_up[1], 3);
    const Scales never_coarser = scales_with(make.network, {255.0, 10.0, 30.0, 1.0});
    EXPECT_DOUBLE_EQ(never_coarser.lsb[a], 30.0 / code_max);
    EXPECT_DOUBLE_EQ(never_coarser.lsb[mean], 30.0 / code_max);
    EXPECT_EQ(never_coarser.average_up[1], 0);
}

TEST(Ranges, AreThePercentileOfASortedList)
{
    NetworkMaker make({5, 7, 3});
    make.linear(make.flatten(0), 2);
    test::Dice dice(3);
    for (const double percentile : {100.0, 99.99, 99.9, 97.3, 50.0, 1.0}) {
        const std::size_t images = 11;
        Ranges whole(make.network, percentile, images);
        Ranges part(make.network, percentile, images);
        std::vector<float> all;
        for (std::size_t i = 0; i < images; ++i) {
            std::vector<float> values(105);
            for (float& v : values) { v = static_cast<float>(dice.roll(-5000, 5000)) / 8.0F; }
            (i < 4 ? part : whole).add(0, values);
            for (const float v : values) { all.push_back(std::fabs(v)); }
        }
        whole.merge(part);
        std::sort(all.begin(), all.end());
        const auto rank = static_cast<std::size_t>(
            std::ceil(percentile / 100.0 * static_cast<double>(all.size())));
        EXPECT_EQ(whole.top(0), static_cast<double>(all[rank - 1])) << percentile;
        EXPECT_EQ(whole.top(1), 0.0) << "a map that nobody makes";
    }
}

TEST(Ranges, DoNotDependOnThreads)
{
    NetworkMaker make({3, 4, 4});
    make.linear(make.flatten(make.conv(0, 6, {3, 3, 1, 1, 1, 1}, Activation::relu)), 3);
    const Program program = make_program(make.network);
    test::Dice dice(6);
    Matrix<std::uint8_t> images(13, 48);
    for (auto& b : images.data()) { b = static_cast<std::uint8_t>(dice.roll(0, 255)); }
    const auto tops = [&](int threads) {
        const Ranges r = ranges_of(make.network, program, images, 97.0, SimdLevel::scalar, threads);
        std::vector<double> out;
        for (std::size_t m = 0; m <= make.network.nodes.size(); ++m) { out.push_back(r.top(m)); }
        return out;
    };
    const auto expected = tops(1);
    EXPECT_GT(expected[0], 200.0);
    EXPECT_EQ(tops(2), expected);
    EXPECT_EQ(tops(5), expected);
    EXPECT_EQ(tops(40), expected) << "more threads than images";
}

/// What must hold of the scales of any network.
void expect_consistent(const config::Network& net, const Program& program, const Ranges& ranges,
                       const Scales& s)
{
    for (std::size_t n = 0; n < program.steps.size(); ++n) {
        const Step& step = program.steps[n];
        const double out = s.lsb[step.output];
        EXPECT_GE(out * code_max * (1.0 + 1e-12), ranges.top(step.output)) << "values are cut";
        const NodeOp op = net.nodes[step.node].op;
        const bool averages = op == NodeOp::average_pool || op == NodeOp::global_average_pool;
        EXPECT_GE(s.average_up[n], 0);
        if (averages) { EXPECT_EQ(std::ldexp(out, s.average_up[n]), s.lsb[step.inputs[0]]); }
        if (step.residual) {
            EXPECT_EQ(std::ldexp(out, s.residual_shift[n]), s.lsb[*step.residual]);
        }
        for (std::size_t i = 0; op == NodeOp::add && i < 2; ++i) {
            EXPECT_GE(s.add_shift[n][i], 0);
            EXPECT_EQ(std::ldexp(s.lsb[step.inputs[i]], s.add_shift[n][i]), out);
        }
        if (op == NodeOp::max_pool || op == NodeOp::shortcut || op == NodeOp::flatten ||
            op == NodeOp::relu) {
            EXPECT_EQ(out, s.lsb[step.inputs[0]]);
        }
    }
}

TEST(Scales, OfRandomNetworksFitTheirShifts)
{
    test::Dice dice(5);
    std::size_t additions = 0;
    for (int repeat = 0; repeat < 200; ++repeat) {
        NetworkMaker make({4, 2, 2}, static_cast<std::uint64_t>(repeat));
        for (int n = dice.roll(3, 12); n-- > 0;) {
            const auto any = [&] {
                return static_cast<std::size_t>(
                    dice.roll(0, static_cast<int>(make.network.nodes.size())));
            };
            const auto activation = dice.flip() ? Activation::relu : Activation::identity;
            switch (dice.roll(0, 5)) {
                case 0:
                case 1: make.add(any(), any(), activation); break;
                case 2: make.relu(any()); break;
                case 3: make.average_pool(any(), k1); break;
                case 4: make.shortcut(any(), 1, 4); break;
                default: make.conv(any(), 4, k1, activation);
            }
        }
        const auto mean = make.global_average_pool(make.network.nodes.size());
        make.linear(mean, 2);
        Matrix<std::uint8_t> images(4, 16);
        for (auto& b : images.data()) { b = static_cast<std::uint8_t>(dice.roll(0, 255)); }
        const Program program = make_program(make.network);
        const Ranges ranges = ranges_of(make.network, program, images, 100.0, SimdLevel::scalar, 2);
        expect_consistent(make.network, program, ranges,
                          choose_scales(make.network, program, plan_for(make.network, program),
                                        ranges, no_limit));
        for (const Step& step : program.steps) {
            additions += make.network.nodes[step.node].op == NodeOp::add;
        }
    }
    EXPECT_GT(additions, 100U) << "the networks have too few additions outside";
}

}  // namespace
}  // namespace aimc::network
