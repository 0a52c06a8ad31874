// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace aimc::test {

/// A network node by node in double, nothing fused; maps are [channel, row, column].
class FloatReference {
public:
    explicit FloatReference(const config::Network& network) : network_(network) {}

    std::vector<std::vector<double>> run(const std::uint8_t* image)
    {
        maps_.assign(1, {});
        for (std::size_t i = 0; i < network_.input.size(); ++i) {
            maps_[0].push_back(image[i] * network_.input_scale);
        }
        for (const auto& node : network_.nodes) {
            maps_.push_back(made(node));
            if (node.activation == config::Activation::relu) {
                for (double& v : maps_.back()) { v = std::max(v, 0.0); }
            }
        }
        return maps_;
    }

private:
    using Op = config::NodeOp;

    /// A value of the map that a node reads; zero in the padding.
    double at(const config::NetworkNode& node, std::size_t c, std::size_t y, std::size_t x) const
    {
        const auto& shape = network_.shape_of(node.inputs[0]);
        const bool inside = y >= node.window.pad_y && x >= node.window.pad_x &&
                            y - node.window.pad_y < shape.height &&
                            x - node.window.pad_x < shape.width;
        if (!inside) { return 0.0; }
        return maps_[node.inputs[0]][(c * shape.height + y - node.window.pad_y) * shape.width + x -
                                     node.window.pad_x];
    }

    double layer(const config::NetworkNode& node, std::size_t out, std::size_t y,
                 std::size_t x) const
    {
        const std::size_t channels = network_.shape_of(node.inputs[0]).channels;
        const auto& w = node.window;
        double sum = 0.0;
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t k = 0; k < w.n_pixels(); ++k) {
                const std::size_t row = network_.im2col == config::Im2col::channel_ky_kx
                                            ? c * w.n_pixels() + k
                                            : k * channels + c;
                sum +=
                    node.codes.row(row)[out] * node.step[out] *
                    at(node, c, y * w.stride_y + k / w.kernel_x, x * w.stride_x + k % w.kernel_x);
            }
        }
        return node.factor[out] * (sum + node.bias[out]) + node.summand[out];
    }

    double pool(const config::NetworkNode& node, std::size_t c, std::size_t y, std::size_t x) const
    {
        const auto& w = node.window;
        const bool largest = node.op == Op::max_pool;
        double sum = largest ? std::numeric_limits<double>::lowest() : 0.0;
        for (std::size_t k = 0; k < w.n_pixels(); ++k) {
            const double v =
                at(node, c, y * w.stride_y + k / w.kernel_x, x * w.stride_x + k % w.kernel_x);
            sum = largest ? std::max(sum, v) : sum + v / static_cast<double>(w.n_pixels());
        }
        return sum;
    }

    double shortcut(const config::NetworkNode& node, std::size_t c, std::size_t y,
                    std::size_t x) const
    {
        const std::size_t channels = network_.shape_of(node.inputs[0]).channels;
        const std::size_t before = (node.out.channels - channels) / 2;
        if (c < before || c >= before + channels) { return 0.0; }
        return at(node, c - before, y * node.window.stride_y, x * node.window.stride_x);
    }

    std::vector<double> made(const config::NetworkNode& node) const
    {
        if (node.op == Op::relu || node.op == Op::flatten) { return maps_[node.inputs[0]]; }
        std::vector<double> out;
        for (std::size_t c = 0; c < node.out.channels; ++c) {
            for (std::size_t p = 0; p < node.out.height * node.out.width; ++p) {
                const std::size_t y = p / node.out.width;
                const std::size_t x = p % node.out.width;
                switch (node.op) {
                    case Op::conv:
                    case Op::linear: out.push_back(layer(node, c, y, x)); break;
                    case Op::add:
                        out.push_back(maps_[node.inputs[0]][out.size()] +
                                      maps_[node.inputs[1]][out.size()]);
                        break;
                    case Op::shortcut: out.push_back(shortcut(node, c, y, x)); break;
                    default: out.push_back(pool(node, c, y, x));
                }
            }
        }
        return out;
    }

    const config::Network& network_;
    std::vector<std::vector<double>> maps_;
};

}  // namespace aimc::test
