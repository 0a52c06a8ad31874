// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"

#include <optional>
#include <string>
#include <vector>

/// Trained networks on many tiles: how layers are cut, what leaves them, and how images run.
namespace aimc::network {

/// One thing that happens to the maps of an image: a layer on tiles, or exact integers outside.
struct Step {
    std::size_t node = 0;             ///< of the network: weights, window, shapes
    std::vector<std::size_t> inputs;  ///< maps that it reads: 0 is the image
    std::size_t output = 0;           ///< map that it makes
    config::Activation activation = config::Activation::identity;
    /// Layers: the map that is added before the activation, through the tiles' residual port.
    std::optional<std::size_t> residual;
    bool partial_out = false;  ///< the scores: partial sums leave, which are finer than y
};

/// A network in the order in which it runs. An addition right behind a layer without activation is
/// done inside the tile, by the residual port; one of two activated maps outside, and so are
/// pools. A ReLU right behind a layer or an addition becomes part of it.
/// Choice: the scores leave as partial sums, so that an argmax has their fraction bits, too.
struct Program {
    std::vector<Step> steps;
    std::vector<std::size_t> last_use;  ///< [maps] the step that reads a map last
    std::size_t n_layers = 0;           ///< steps on tiles
};
Program make_program(const config::Network& network);

inline bool is_layer(const config::Network& network, const Step& step)
{
    return network.nodes[step.node].on_tiles();
}
/// MVMs of a layer for one image: one per output pixel.
inline std::size_t positions_of(const config::NetworkNode& node)
{
    return node.out.height * node.out.width;
}

}  // namespace aimc::network
