// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/signs.h"

#include <algorithm>

namespace aimc::network {

std::vector<bool> never_negative(const config::Network& network)
{
    std::vector<bool> out{true};  // bytes of an image
    for (const auto& node : network.nodes) {
        const bool keeps_sign =
            !node.on_tiles() && std::all_of(node.inputs.begin(), node.inputs.end(),
                                            [&](std::size_t map) { return out[map]; });
        out.push_back(node.activation != config::Activation::identity || keeps_sign);
    }
    return out;
}

const config::NetworkNode* first_signed_reader(const config::Network& network)
{
    const auto is_positive = never_negative(network);
    const auto found = std::find_if(
        network.nodes.begin(), network.nodes.end(), [&](const config::NetworkNode& node) {
            const bool pads_below =
                std::any_of(node.padding_value.begin(), node.padding_value.end(),
                            [](double value) { return value < 0.0; });
            return node.on_tiles() && (!is_positive[node.inputs.front()] || pads_below);
        });
    return found == network.nodes.end() ? nullptr : &*found;
}

}  // namespace aimc::network
