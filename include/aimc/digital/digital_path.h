// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/base/pair_plane.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/window.h"

#include <cstddef>
#include <cstdint>

namespace aimc::digital {

/// x -> exact sums of a tile of kind digital_cim: the fast form of Column, for all columns of a
/// window. Const and free of hidden state.
class DigitalPath {
public:
    /// @param weights  [tile rows x tile cols], |w| <= config::largest_weight(config)
    /// @param window   the part that is read
    /// @throws std::invalid_argument  weights of another shape, or larger ones
    DigitalPath(const config::TileConfig& config, const Matrix<std::int16_t>& weights,
                SimdLevel simd = best_simd_level(), crossbar::Window window = {});

    /// @param x         n vectors of the window's rows, `x_stride` apart
    /// @param c_p, c_n  [n x window cols] W x: the positive ones in c_p, the magnitude of the
    ///                  others in c_n. nmpu.branch single: W x in c_p, c_n is 0
    /// @param steps     [n] cycles of each read; may be nullptr
    /// @throws std::invalid_argument  a code that is larger than config::largest_input, or negative
    ///                                without signed_inputs: the front doors refuse these
    void read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n, std::int32_t* c_p,
                    std::int32_t* c_n, int* steps) const;

    std::size_t rows() const { return rows_.size(); }
    std::size_t cols() const { return cols_.size(); }

private:
    unsigned load(const std::int8_t* x, std::int16_t* factors) const;
    void hand_over(const std::uint32_t* sums, std::int32_t* c_p, std::int32_t* c_n) const;

    config::DigitalConfig digital_;
    int least_input_, largest_input_;
    bool is_single_;
    SimdLevel simd_;
    config::Range rows_, cols_;
    PairPlane weights_;
};

}  // namespace aimc::digital
