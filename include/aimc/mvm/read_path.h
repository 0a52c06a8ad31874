// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/digital/digital_path.h"
#include "aimc/mvm/analog_path.h"
#include "aimc/mvm/chip.h"
#include "aimc/schemes/scheme_path.h"

#include <cstddef>
#include <cstdint>
#include <variant>

namespace aimc::mvm {

/// x -> counts of a tile of any kind: everything before the post unit, without time. Const and free
/// of hidden state, so any number of threads may read at once.
///
///   const ReadPath path(config, chip, simd, {layer.rows, layer.cols});
///   path.read_batch(x, x_stride, n, {first, false}, scratch, c_p, c_n, nullptr);
///
/// Steps of a read are what its length is counted in (n_read_cycles): phases of an analog tile,
/// evaluations of a pim tile, bit planes of a digital one.
class ReadPath {
public:
    struct Scratch : AnalogPath::Scratch {
        schemes::SchemePath::Scratch scheme;
    };

    /// @param window  word lines that may be driven and bit lines that are looked at: its columns
    ///                give what they give in a read of the whole tile in which all others rest
    ///                (groups of a pim tile are counted from its first row)
    /// Throws std::invalid_argument for a window that is not a part of the tile.
    ReadPath(const config::TileConfig& config, const Chip& chip, SimdLevel simd = best_simd_level(),
             Window window = {});

    /// @param x         [rows of the tile] input codes; those outside the window are not looked at
    /// @param c_p, c_n  [window cols] results
    void read(const std::int8_t* x, crossbar::ReadId id, Scratch& scratch, std::int32_t* c_p,
              std::int32_t* c_n) const;

    /// The reads first.read, first.read + 1 ... of n vectors.
    /// @param x         n vectors of the window's rows, `x_stride` apart
    /// @param c_p, c_n  [n x window cols] results
    /// @param steps     [n] of each read; may be nullptr
    void read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                    crossbar::ReadId first, Scratch& scratch, std::int32_t* c_p, std::int32_t* c_n,
                    int* steps = nullptr) const;

    /// The path of an analog tile. Throws std::bad_variant_access for the other kinds.
    const AnalogPath& analog() const { return std::get<AnalogPath>(path_); }

private:
    using AnyPath = std::variant<AnalogPath, schemes::SchemePath, digital::DigitalPath>;
    static AnyPath make(const config::TileConfig& config, const Chip& chip, SimdLevel simd,
                        Window window);
    AnyPath path_;
    std::size_t first_row_ = 0;  ///< of the window
    std::size_t rows_ = 0;
};

/// Whether reads differ in their steps: phases, passes or bit planes that may be left out.
bool n_steps_vary(const config::TileConfig& config);
/// Steps of a read of these codes. @param x  [rows] of the part of the tile that is read
int n_steps(const config::TileConfig& config, const std::int8_t* x, std::size_t rows);

}  // namespace aimc::mvm
