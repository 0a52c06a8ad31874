// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/network/walk.h"

#include "maps.h"

namespace aimc::network {

/// Of a layer that reads codes.
inline Im2colTable code_table(const Wiring& wiring, const config::NetworkNode& node)
{
    Im2colTable table(node, wiring.network.shape_of(node.inputs[0]), wiring.network.im2col);
    const auto codes = padding_codes(wiring.scales, node);
    table.pad_with({codes.begin(), codes.end()});
    return table;
}

}  // namespace aimc::network
