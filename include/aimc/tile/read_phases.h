// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/crossbar/crossbar.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::tile {

/// crossbar::phases_of for vector after vector, without asking for memory: the phases depend on an
/// input only by the signs that occur in it, so the four answers are kept.
class ReadPhases {
public:
    explicit ReadPhases(const config::ReadConfig& read);
    /// @param x  [rows] input codes
    const std::vector<crossbar::Phase>& of(const std::int8_t* x, std::size_t rows) const;

private:
    std::array<std::vector<crossbar::Phase>, 4> by_signs_;  ///< bit 0: positive codes, 1: negative
    bool look_at_signs_ = false;                            ///< else the answers are all the same
};

}  // namespace aimc::tile
