// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"
#include "aimc/network/walk.h"

#include "small_work.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Networks made node by node, without files.
namespace aimc::test {

/// Every call adds a node behind the others and returns the number of its map.
class NetworkMaker {
public:
    explicit NetworkMaker(config::MapShape input, std::uint64_t seed = 1) : dice_(seed)
    {
        network.name = "small";
        network.input = input;
        network.input_scale = 1.0;
    }

    std::size_t conv(std::size_t in, std::size_t outputs, config::Window window,
                     config::Activation activation = config::Activation::identity)
    {
        config::NetworkNode node = windowed(config::NodeOp::conv, in, window);
        node.out.channels = outputs;
        return layer(node, outputs, activation);
    }
    std::size_t linear(std::size_t in, std::size_t outputs,
                       config::Activation activation = config::Activation::identity)
    {
        config::NetworkNode node = node_of(config::NodeOp::linear, {in});
        node.out = {outputs, 1, 1};
        return layer(node, outputs, activation);
    }
    std::size_t add(std::size_t a, std::size_t b,
                    config::Activation activation = config::Activation::identity)
    {
        config::NetworkNode node = node_of(config::NodeOp::add, {a, b});
        node.activation = activation;
        node.out = network.shape_of(a);
        return put(node);
    }
    std::size_t relu(std::size_t in)
    {
        config::NetworkNode node = node_of(config::NodeOp::relu, {in});
        node.activation = config::Activation::relu;
        node.out = network.shape_of(in);
        return put(node);
    }
    std::size_t max_pool(std::size_t in, config::Window window)
    {
        return put(windowed(config::NodeOp::max_pool, in, window));
    }
    std::size_t average_pool(std::size_t in, config::Window window)
    {
        return put(windowed(config::NodeOp::average_pool, in, window));
    }
    std::size_t global_average_pool(std::size_t in)
    {
        const config::MapShape& shape = network.shape_of(in);
        return put(windowed(config::NodeOp::global_average_pool, in,
                            {shape.height, shape.width, shape.height, shape.width, 0, 0}));
    }
    std::size_t shortcut(std::size_t in, std::size_t stride, std::size_t channels)
    {
        config::NetworkNode node =
            windowed(config::NodeOp::shortcut, in, {1, 1, stride, stride, 0, 0});
        node.out.channels = channels;
        return put(node);
    }
    std::size_t flatten(std::size_t in)
    {
        config::NetworkNode node = node_of(config::NodeOp::flatten, {in});
        node.out = {network.shape_of(in).size(), 1, 1};
        return put(node);
    }

    config::Network network;

private:
    static config::NetworkNode node_of(config::NodeOp op, std::vector<std::size_t> inputs)
    {
        config::NetworkNode node;
        node.op = op;
        node.inputs = std::move(inputs);
        return node;
    }
    config::NetworkNode windowed(config::NodeOp op, std::size_t in, config::Window w) const
    {
        const config::MapShape& shape = network.shape_of(in);
        config::NetworkNode node = node_of(op, {in});
        node.window = w;
        node.out = {shape.channels, (shape.height + 2 * w.pad_y - w.kernel_y) / w.stride_y + 1,
                    (shape.width + 2 * w.pad_x - w.kernel_x) / w.stride_x + 1};
        return node;
    }
    /// Random codes and batch normalisation; a factor may be negative.
    std::size_t layer(config::NetworkNode& node, std::size_t outputs, config::Activation activation)
    {
        node.activation = activation;
        const std::size_t fan_in =
            network.shape_of(node.inputs[0]).channels * node.window.n_pixels();
        node.codes = Matrix<std::int16_t>(fan_in, outputs);
        for (auto& code : node.codes.data()) {
            code = static_cast<std::int16_t>(dice_.roll(-127, 127));
        }
        for (std::size_t c = 0; c < outputs; ++c) {
            node.step.push_back(dice_.roll(1, 8) / 1024.0);
            node.bias.push_back(dice_.roll(-64, 64) / 8.0);
            node.factor.push_back((dice_.flip() ? 1 : -1) * dice_.roll(4, 12) / 8.0);
            node.summand.push_back(dice_.roll(-64, 64) / 16.0);
        }
        return put(node);
    }
    std::size_t put(config::NetworkNode node)
    {
        node.name = "n" + std::to_string(network.nodes.size() + 1);
        network.nodes.push_back(std::move(node));
        return network.nodes.size();
    }

    Dice dice_;
};

/// Scales under which every map has codes of the same worth, and byte b is the code b - 128.
inline network::Scales plain_scales(const config::Network& net, const network::Program& program)
{
    network::Scales scales;
    scales.lsb.assign(net.nodes.size() + 1, 1.0);
    for (int b = 0; b < 256; ++b) {
        scales.input[static_cast<std::size_t>(b)] =
            static_cast<std::int8_t>(b < 1 ? -127 : b - 128);
    }
    scales.residual_shift.assign(program.steps.size(), 0);
    scales.add_shift.assign(program.steps.size(), {0, 0});
    scales.average_up.assign(program.steps.size(), 0);
    return scales;
}

inline network::Wiring plain_wiring(const config::Network& net, std::size_t tile_rows = 256,
                                    std::size_t tile_cols = 256, int residual_fraction = 2)
{
    network::Program program = network::make_program(net);
    network::Plan plan = network::make_plan(net, program, tile_rows, tile_cols, {});
    network::Scales scales = plain_scales(net, program);
    return network::make_wiring(net, std::move(program), std::move(plan), std::move(scales),
                                residual_fraction);
}

}  // namespace aimc::test
