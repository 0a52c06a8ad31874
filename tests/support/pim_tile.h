// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"

#include <cstddef>
#include <cstdint>
#include <random>

namespace aimc::test {

/// A PIM tile without errors: 7-bit converters, 4-bit weights and inputs.
inline config::TileConfig pim_tile(config::Scheme scheme, std::size_t rows, std::size_t cols)
{
    config::TileConfig c;
    c.kind = config::TileKind::pim;
    c.rows = rows;
    c.cols = cols;
    c.pim.scheme = scheme;
    return c;
}

/// Any weights that the tile can hold, evenly.
inline Matrix<std::int16_t> pim_weights(const config::TileConfig& c, std::mt19937& random)
{
    const int most = config::largest_weight(c);
    Matrix<std::int16_t> w(c.rows, c.cols);
    for (auto& cell : w.data()) {
        cell = static_cast<std::int16_t>(std::uniform_int_distribution<>(-most, most)(random));
    }
    return w;
}

/// Any inputs that the tile takes, evenly: from 0, or of both signs.
inline Matrix<std::int8_t> pim_inputs(const config::TileConfig& c, std::size_t n, std::size_t rows,
                                      bool is_signed, std::mt19937& random)
{
    const int most = config::largest_input(c);
    Matrix<std::int8_t> x(n, rows);
    for (auto& code : x.data()) {
        code = static_cast<std::int8_t>(
            std::uniform_int_distribution<>(is_signed ? -most : 0, most)(random));
    }
    return x;
}

}  // namespace aimc::test
