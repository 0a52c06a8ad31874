// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/converters/cco_adc.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/window.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::schemes {

/// x -> recombined sums of a tile of kind pim: groups of rows are summed in the analog domain, each
/// partial sum is converted, codes are put together digitally. Const and free of hidden state.
class SchemePath {
public:
    struct Scratch {};

    /// @param weights  [tile rows x tile cols], |w| <= config::largest_weight(config)
    /// @param window   the part that is read; groups are counted from its first row
    SchemePath(const config::TileConfig& config, const Matrix<std::int16_t>& weights,
               SimdLevel simd = best_simd_level(), crossbar::Window window = {});

    /// The reads first.read, first.read + 1 ... of n vectors.
    /// @param x         n vectors of the window's rows, `x_stride` apart
    /// @param c_p, c_n  [n x window cols] recombined sums, both >= 0; c_p - c_n in units of the
    ///                  converter's LSB. nmpu.branch single: the difference in c_p, c_n is 0
    /// @param steps     [n] evaluations of each read (groups x slices x passes); may be nullptr
    void read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                    crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                    int* steps, converters::AdcEvents& events) const;

    std::size_t rows() const { return rows_.size(); }
    std::size_t cols() const { return cols_.size(); }

private:
    config::Range rows_, cols_;
};

}  // namespace aimc::schemes
