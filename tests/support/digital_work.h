// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

#include "support/small_work.h"

#include <algorithm>
#include <cstdint>
#include <vector>

/// Work for digital tiles, and their sums by the definition.
namespace aimc::test {

inline config::TileConfig digital_tile(std::size_t rows, std::size_t cols,
                                       const config::DigitalConfig& digital)
{
    config::TileConfig tile;
    tile.kind = config::TileKind::digital_cim;
    tile.rows = rows;
    tile.cols = cols;
    tile.digital = digital;
    return tile;
}

inline Matrix<std::int16_t> digital_weights(const config::TileConfig& tile, Dice& dice)
{
    const int largest = config::largest_weight(tile);
    Matrix<std::int16_t> weights(tile.rows, tile.cols);
    for (auto& w : weights.data()) { w = static_cast<std::int16_t>(dice.roll(-largest, largest)); }
    return weights;
}

/// Codes of the whole input format; where `digital.skip_zero_planes` finds work, every other
/// vector lacks some planes.
inline Matrix<std::int8_t> digital_inputs(const config::TileConfig& tile, std::size_t n, Dice& dice)
{
    const int largest = config::largest_input(tile);
    Matrix<std::int8_t> x(n, tile.rows);
    for (std::size_t k = 0; k < n; ++k) {
        const int planes = tile.digital.skip_zero_planes && k % 2 == 1 ? dice.roll(0, 127) : 127;
        for (std::size_t r = 0; r < tile.rows; ++r) {
            const int magnitude = dice.roll(0, largest) & planes;
            const bool is_minus = tile.digital.signed_inputs && planes == 127 && dice.flip();
            x.row(k)[r] = static_cast<std::int8_t>(is_minus ? -magnitude : magnitude);
        }
    }
    return x;
}

inline std::vector<std::int16_t> column_of(const Matrix<std::int16_t>& weights, std::size_t col)
{
    std::vector<std::int16_t> column;
    for (std::size_t r = 0; r < weights.rows(); ++r) { column.push_back(weights.row(r)[col]); }
    return column;
}

inline std::int64_t dot(const std::vector<std::int16_t>& weights, const std::int8_t* x)
{
    std::int64_t sum = 0;
    for (std::size_t r = 0; r < weights.size(); ++r) { sum += std::int64_t{weights[r]} * x[r]; }
    return sum;
}

}  // namespace aimc::test
