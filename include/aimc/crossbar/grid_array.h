// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/grid.h"
#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/ir_drop.h"
#include "aimc/device/array_state.h"

#include <cstdint>
#include <vector>

namespace aimc::crossbar {

/// The array after the physics: integers on a grid, so that every sum is exact. This is what a
/// frozen chip stores. Inputs on word lines, outputs on bit lines. All matrices [rows x cols].
///
/// Source: LeGallo23 for the cell (differential, 8T4R); there the inputs drive the source lines.
struct GridArray {
    Matrix<ConductanceLsb> g_pos, g_neg;         ///< steps of g_lsb
    Matrix<std::uint16_t> noise_pos, noise_neg;  ///< read-noise variance in steps of noise_lsb
    double noise_lsb = 0.0;                      ///< [g_lsb^2] one step of variance; 0: no noise
    std::vector<double> asymmetry;         ///< [cols] G reads as G * (1 + a) at negative current
    std::uint64_t clips = 0;               ///< cells beyond the grid, held at its end
    IrDropFacts ir_drop;                   ///< what the wires took; already in g and noise
    device::ProgrammingFacts programming;  ///< how the cells came to be: for the report
    device::FaultFacts faults;

    std::size_t rows() const { return g_pos.rows(); }
    std::size_t cols() const { return g_pos.cols(); }
    /// A bound on the magnitude of any bit-line current, noise included: all cells one way, what
    /// the clamp at zero conductance may add, and 8 sigma of the column. One draw per column ends
    /// at 6.3 sigma; the sum of many draws (per_segment, per_cell) passes 8 once in 1e15, and
    /// transfer curves hold beyond their end.  [g_lsb * v_read]
    std::int64_t largest_current() const;
};

constexpr int grid_max = 32767;    ///< int16: 131 uS at 4 nS
constexpr int noise_steps = 4095;  ///< 12 bits: 64 rows of v * x^2 fit 32 bits

/// Takes off what the wires take (crossbar.ir_drop), then quantises to the grid: conductances half
/// away from zero, clips counted; variances on a grid that ends at the largest one a read can meet,
/// both cells of a unit cell and polarity asymmetry included.
GridArray to_grid(const config::TileConfig& config, const device::Conductances& conductances);

/// Current of one grid step at the read voltage.  [uA]
double current_lsb_uA(const config::CrossbarConfig& config);

}  // namespace aimc::crossbar
