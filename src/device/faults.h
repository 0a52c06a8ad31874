// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"
#include "aimc/device/array_state.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::device {

/// What works in one polarity of one cell.
struct Devices {
    int all = 1;
    int working = 1;
    int set = 0;  ///< stuck at SET; the rest of `all` is stuck at RESET

    /// Part of the target that the working devices carry.
    double share() const { return static_cast<double>(working) / all; }
};

/// What does not work in an array of rows x cols cells: drawn at the rates of `device.faults`, or
/// listed in its file; a listed device is what the list says. A rate of 0 draws no number.
class Faults {
public:
    Faults(const config::TileConfig& config, std::size_t rows, std::size_t cols);

    Devices devices(int polarity, std::size_t row, std::size_t col) const;
    /// The word line never drives or the bit line is open.
    bool is_dead(std::size_t row, std::size_t col) const
    {
        return dead_rows_[row] != 0 || dead_cols_[col] != 0;
    }
    FaultFacts facts() const;

private:
    enum class State : std::uint8_t { works, reset, set };
    void draw_stuck(const config::TileConfig& config);
    void read_list(const config::TileConfig& config);
    State& state(int polarity, int device, std::size_t row, std::size_t col);

    int devices_per_polarity_;
    std::vector<std::uint8_t> dead_rows_, dead_cols_;
    std::array<std::array<Matrix<State>, 2>, 2> stuck_;  ///< [polarity][device]; empty: none
};

}  // namespace aimc::device
