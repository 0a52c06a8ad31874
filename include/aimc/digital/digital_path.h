// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/window.h"

#include <cstddef>
#include <cstdint>

namespace aimc::digital {

/// x -> exact sums of a tile of kind digital_cim. Const and free of hidden state.
class DigitalPath {
public:
    /// @param weights  [tile rows x tile cols], |w| <= config::largest_weight(config)
    /// @param window   the part that is read
    DigitalPath(const config::TileConfig& config, const Matrix<std::int16_t>& weights,
                SimdLevel simd = best_simd_level(), crossbar::Window window = {});

    /// @param x         n vectors of the window's rows, `x_stride` apart
    /// @param c_p, c_n  [n x window cols] W x: the positive ones in c_p, the magnitude of the
    ///                  others in c_n. nmpu.branch single: W x in c_p, c_n is 0
    /// @param steps     [n] cycles of each read; may be nullptr
    void read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n, std::int32_t* c_p,
                    std::int32_t* c_n, int* steps) const;

    std::size_t rows() const { return rows_.size(); }
    std::size_t cols() const { return cols_.size(); }

private:
    Matrix<std::int16_t> weights_;
    bool single_;
    config::DigitalConfig digital_;
    config::Range rows_, cols_;
};

}  // namespace aimc::digital
