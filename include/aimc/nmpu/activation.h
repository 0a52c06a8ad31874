// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include <cstdint>

namespace aimc::nmpu {

/// identity, max(y, 0), or min(max(y, 0), clip). @param changed  set when y was not passed on as it
/// is
constexpr std::int32_t activate(std::int32_t y, config::Activation activation, std::int32_t clip,
                                bool& changed)
{
    if (activation == config::Activation::identity) { return y; }
    if (y < 0) {
        changed = true;
        return 0;
    }
    if (activation == config::Activation::clipped_relu && y > clip) {
        changed = true;
        return clip;
    }
    return y;
}

}  // namespace aimc::nmpu
