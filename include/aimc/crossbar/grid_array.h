// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/grid.h"
#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"
#include "aimc/device/array_state.h"

#include <cstdint>
#include <vector>

namespace aimc::crossbar {

/// Share of a cell's current that reaches the converter, over all cells. [-]
struct IrDropFacts {
    double least = 1.0, mean = 1.0;                          ///< of the configured model
    double least_first_order = 1.0, mean_first_order = 1.0;  ///< of both, to set them side by side
    double least_ladder = 1.0, mean_ladder = 1.0;
};

/// The array after the physics: integers on a grid, so that every sum is exact. This is what a
/// frozen chip stores. Inputs on word lines, outputs on bit lines. All matrices [rows x cols].
///
/// Source: LeGallo23 for the cell (differential, 8T4R); there the inputs drive the source lines.
struct GridArray {
    Matrix<ConductanceLsb> g_pos, g_neg;         ///< steps of g_lsb
    Matrix<std::uint16_t> noise_pos, noise_neg;  ///< read-noise variance in steps of noise_lsb
    double noise_lsb = 0.0;                      ///< [g_lsb^2] one step of variance; 0: no noise
    std::vector<double> asymmetry;  ///< [cols] G reads as G * (1 + a) at negative current
    std::uint64_t clips = 0;        ///< cells beyond the grid, held at its end
    IrDropFacts ir_drop;
    device::ProgrammingFacts programming;  ///< how the cells came to be: for the report
    device::FaultFacts faults;

    std::size_t rows() const { return g_pos.rows(); }
    std::size_t cols() const { return g_pos.cols(); }
    /// A bound on the magnitude of any bit-line current, noise included.  [g_lsb * v_read]
    std::int64_t largest_current() const;
};

constexpr int grid_max = 32767;    ///< int16: 131 uS at 4 nS
constexpr int noise_steps = 4095;  ///< 12 bits: 64 rows of v * x^2 fit 32 bits

/// Quantises conductances to the grid, half away from zero; clips are counted.
GridArray to_grid(const config::TileConfig& config, const device::Conductances& conductances);

/// Current of one grid step at the read voltage.  [uA]
double current_lsb_uA(const config::CrossbarConfig& config);

}  // namespace aimc::crossbar
