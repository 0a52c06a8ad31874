// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config {

/// Channels, rows and columns of pixels of one image or feature map. A vector has one pixel.
struct MapShape {
    std::size_t channels = 0, height = 1, width = 1;
    std::size_t size() const { return channels * height * width; }
    friend bool operator==(const MapShape& a, const MapShape& b)
    {
        return a.channels == b.channels && a.height == b.height && a.width == b.width;
    }
};

/// A window that slides over a map. [pixels]
struct Window {
    std::size_t kernel_y = 1, kernel_x = 1;
    std::size_t stride_y = 1, stride_x = 1;
    std::size_t pad_y = 0, pad_x = 0;  ///< on both sides
    std::size_t n_pixels() const { return kernel_y * kernel_x; }
};

enum class NodeOp {
    conv,
    linear,
    add,
    relu,
    max_pool,
    average_pool,
    global_average_pool,
    shortcut,  ///< every stride-th pixel, zero channels on both sides ("option A" of ResNets)
    flatten
};
enum class Im2col { channel_ky_kx, ky_kx_channel };

/// One node of a network. Conv and linear:
///   out[c] = activation(factor[c] * (step[c] * sum_r codes[r][c] * x[r] + bias[c]) + summand[c])
struct NetworkNode {
    std::string name;
    NodeOp op = NodeOp::conv;
    std::vector<std::size_t> inputs;    ///< maps: 0 is the image, n + 1 what node n gives
    Window window;                      ///< conv and pools; shortcut: the strides
    std::vector<double> padding_value;  ///< [channels] around the image; empty: zeros
    Activation activation = Activation::identity;
    Matrix<std::int16_t> codes;  ///< [fan-in x outputs] weights, full scale code_max
    int code_max = 127;
    std::vector<double> step;             ///< [outputs] weight of one code step
    std::vector<double> bias;             ///< [outputs]
    std::vector<double> factor, summand;  ///< [outputs] batch normalisation; 1 and 0 without
    MapShape out;
    bool on_tiles() const { return op == NodeOp::conv || op == NodeOp::linear; }
};

/// A trained network (aimc-network/1; traces/networks/README.md is its format page).
struct Network {
    std::string name, origin;
    double float_top1 = -1.0;  ///< [%] what its training reported; negative: not given
    MapShape input;
    double input_scale = 1.0;  ///< value of one step of an input byte
    Im2col im2col = Im2col::channel_ky_kx;
    std::vector<NetworkNode> nodes;  ///< each after those it reads; the last gives the scores
    std::size_t n_classes() const { return nodes.back().out.size(); }
    const MapShape& shape_of(std::size_t map) const
    {
        return map == 0 ? input : nodes[map - 1].out;
    }
};

/// Reads a network file and the arrays it names. Throws InputError with all problems.
Network load_network(const std::string& path);

}  // namespace aimc::config
