// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/float_network.h"

#include "float_product.h"
#include "maps.h"

#include <algorithm>

namespace aimc::network {

using config::NodeOp;

namespace {

struct FloatLayer {
    Im2colTable table;
    std::size_t stride = 0;
    std::vector<float> weights;          ///< [rows x stride]
    std::vector<float> scale, constant;  ///< [cols] out = scale * (x w) + constant
};

FloatLayer float_layer(const config::Network& network, const config::NetworkNode& node)
{
    FloatLayer layer;
    layer.table = Im2colTable(node, network.shape_of(node.inputs[0]), network.im2col);
    layer.table.pad_with(node.padding_value);
    const std::size_t cols = node.codes.cols();
    layer.stride = (cols + detail::float_block - 1) / detail::float_block * detail::float_block;
    layer.weights.assign(node.codes.rows() * layer.stride, 0.0F);
    for (std::size_t r = 0; r < node.codes.rows(); ++r) {
        for (std::size_t c = 0; c < cols; ++c) {
            layer.weights[r * layer.stride + c] =
                static_cast<float>(node.codes.row(r)[c] * node.step[c]);
        }
    }
    for (std::size_t c = 0; c < cols; ++c) {
        layer.scale.push_back(static_cast<float>(node.factor[c]));
        layer.constant.push_back(
            static_cast<float>(node.factor[c] * node.bias[c] + node.summand[c]));
    }
    return layer;
}

}  // namespace

struct FloatNetwork::Parts {
    const config::Network& network;
    const Program& program;
    detail::FloatProduct product;
    std::vector<FloatLayer> layers;  ///< [nodes] empty where nothing is on tiles

    Map<float> layer(const Step& step, const std::vector<Map<float>>& maps) const
    {
        const auto& node = network.nodes[step.node];
        const FloatLayer& l = layers[step.node];
        std::vector<float> x(l.table.positions() * l.table.rows());
        std::vector<float> padded;
        std::vector<float> y(l.table.positions() * l.stride);
        l.table.gather(maps[step.inputs[0]], padded, x.data());
        product(x.data(), l.weights.data(), y.data(), l.table.positions(), l.table.rows(),
                l.stride);
        Map<float> out{node.out, std::vector<float>(node.out.size())};
        const float* const added = step.residual ? maps[*step.residual].values.data() : nullptr;
        const std::size_t cols = node.out.channels;
        for (std::size_t p = 0; p < l.table.positions(); ++p) {
            for (std::size_t c = 0; c < cols; ++c) {
                float v = l.scale[c] * y[p * l.stride + c] + l.constant[c];
                if (added != nullptr) { v += added[p * cols + c]; }
                out.values[p * cols + c] = v;
            }
        }
        return out;
    }

    Map<float> made(const Step& step, const std::vector<Map<float>>& maps) const
    {
        const auto& node = network.nodes[step.node];
        const Map<float>& in = maps[step.inputs[0]];
        switch (node.op) {
            case NodeOp::conv:
            case NodeOp::linear: return layer(step, maps);
            case NodeOp::max_pool: return max_pooled(in, node);
            case NodeOp::average_pool:
            case NodeOp::global_average_pool: {
                auto sum = pooled<float>(in, node, 0.0F, [](float a, float b) { return a + b; });
                for (float& v : sum.values) { v /= static_cast<float>(node.window.n_pixels()); }
                return sum;
            }
            case NodeOp::shortcut: return shortcut(in, node);
            case NodeOp::flatten: return flattened(in);
            case NodeOp::relu: return in;
            case NodeOp::add: break;
        }
        Map<float> sum = in;
        const auto& other = maps[step.inputs[1]].values;
        for (std::size_t i = 0; i < other.size(); ++i) { sum.values[i] += other[i]; }
        return sum;
    }
};

FloatNetwork::FloatNetwork(const config::Network& network, const Program& program, SimdLevel simd)
{
    auto parts =
        std::unique_ptr<Parts>(new Parts{network, program, detail::float_product(simd), {}});
    for (const auto& node : network.nodes) {
        parts->layers.push_back(node.on_tiles() ? float_layer(network, node) : FloatLayer{});
    }
    parts_ = std::move(parts);
}

FloatNetwork::~FloatNetwork() = default;

std::vector<float> FloatNetwork::run(const std::uint8_t* image, const Watch& watch) const
{
    const Parts& p = *parts_;
    std::vector<Map<float>> maps(p.network.nodes.size() + 1);
    const auto scale = static_cast<float>(p.network.input_scale);
    maps[0] = image_map<float>(image, p.network.input,
                               [&](std::uint8_t b) { return static_cast<float>(b) * scale; });
    if (watch) { watch(0, maps[0].values); }
    for (std::size_t s = 0; s < p.program.steps.size(); ++s) {
        const Step& step = p.program.steps[s];
        Map<float> map = p.made(step, maps);
        if (step.activation != config::Activation::identity) {
            for (float& v : map.values) { v = std::max(v, 0.0F); }
        }
        if (watch) { watch(step.output, map.values); }
        maps[step.output] = std::move(map);
        for (std::size_t m = 0; m < maps.size(); ++m) {
            if (p.program.last_use[m] == s && m != step.output) { maps[m] = {}; }
        }
    }
    return maps[p.program.steps.back().output].values;
}

}  // namespace aimc::network
