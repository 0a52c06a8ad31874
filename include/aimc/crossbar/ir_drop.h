// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"
#include "aimc/config/tile_config.h"

namespace aimc::crossbar {

/// Voltage lost along the bit-line wire: which share u of a cell's current reaches the converter.
///
///   row 0      row 1            last row
///     o---R------o---R-- ... ---o---R---  converter, held at V_cm
///     |          |              |
///    g_0        g_1            g_n-1       each to its line: V_cm +- v_read during its pulse,
///    line 0     line 1         line n-1    V_cm before, after, and for code 0
///
/// Choice: an ended pulse holds its line at V_cm, so a cell loads the wire whether it is read or
/// not, and a column is one linear network per phase. The current of all rows together is then the
/// sum of g_eff,r * (+- v_read) over the rows that are on, with g_eff,r = u_r * g_r, at any time.
/// By reciprocity u_r is the voltage of node r with the converter's end at 1 V and all lines at 0.
///
/// Choice: in four_phase the cells of the other weight polarity are switched off, so G+ and G- make
/// a network each; in one_phase both cells of a unit cell load the same node (G+ + G-). Polarity
/// asymmetry and the read noise of the moment are left out of the load (second order); the noise of
/// a cell is carried to the converter by the same u_r.
///
/// Source: facts/nmpu_hermes_pcm.md 3.6 (aihwkit's time-sliced tile) for R = 0.15 ohm per pitch.
///
/// @param g         [rows x cols] conductance that loads each node; row 0 is the far end     [S]
/// @param wire_ohm  wire between two rows, and from the last row to the converter          [ohm]
/// @return          [rows x cols] u in 0 .. 1; exactly 1 everywhere when wire_ohm is 0       [-]
Matrix<double> ladder_factors(const Matrix<double>& g, double wire_ohm);

/// Its first order in R: u_r = 1 - R * sum_k g_k * (wires that the paths of r and k share), not
/// below 0. Good while the loss is small; overstates it otherwise.
Matrix<double> first_order_factors(const Matrix<double>& g, double wire_ohm);

/// The same for both cells of a unit cell. [rows x cols]
struct TransferFactors {
    Matrix<double> pos, neg;
};
/// @param model  ladder or first_order (none: all 1)
TransferFactors transfer_factors(config::IrDrop model, config::ReadMode mode, double wire_ohm,
                                 const Matrix<double>& g_pos, const Matrix<double>& g_neg);

/// Share of a cell's current that reaches the converter, over all cells that conduct. [-]
struct IrDropFacts {
    double least = 1.0, mean = 1.0;                          ///< of the configured model
    double least_first_order = 1.0, mean_first_order = 1.0;  ///< of both, to set them side by side
    double least_ladder = 1.0, mean_ladder = 1.0;
};

/// Both models on one array (2 to 4 ms for 256 x 256), and the one that the configuration asks for.
struct IrDropSolution {
    TransferFactors factors;  ///< of crossbar.ir_drop; empty for none
    IrDropFacts facts;
};
/// @param g_pos, g_neg  [rows x cols] mean conductances                                      [S]
IrDropSolution solve_ir_drop(const config::TileConfig& config, const Matrix<double>& g_pos,
                             const Matrix<double>& g_neg);

}  // namespace aimc::crossbar
