// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/cost/energy.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace aimc::cost {

/// Energies per event of the gate model. [fJ]
/// Derived: zigzag-imc, 28 nm, 0.9 V: NAND2 0.7 fF, XOR2 1.05 fF, flip-flop 2.1 fF; a full adder is
/// 3 NAND2 and 2 XOR2. At 14 nm x 0.40: half the capacitance (assumed), 0.9 -> 0.8 V (NeuroSim).
struct GateEnergies {
    double gate_fJ = 0.28;        ///< one-bit product
    double full_adder_fJ = 3.40;  ///< one full adder
    double register_fJ = 1.70;    ///< one register bit
};
/// Those of a node. [fJ]
GateEnergies gate_energies(config::Node node);
/// One product of 8 x 8 bit. [fJ]
/// Choice: 60 at 14 nm (range 45 to 75: gate model 53, scaled place and route 47, trend of
/// published macros 18, or 71 if theirs were 4 x 4 bit); 133 at 28 nm, of the gate model. Nobody
/// published the figure of a node by itself.
double product_energy(config::Node node);

/// What the array of a digital tile takes: adders and cells, not control or memory.
struct DigitalArrayEnergy {
    EnergyPart gates;         ///< one-bit products
    EnergyPart trees;         ///< full adders of the trees
    EnergyPart accumulators;  ///< full adders that add to the accumulators
    EnergyPart registers;     ///< bits of the accumulators
    double per_mvm_nJ = 0.0;  ///< [nJ]
    double per_mac_fJ = 0.0;  ///< per product of the tile's own widths [fJ]
    double tops_per_w = 0.0;  ///< 2 x rows x cols operations / per_mvm_nJ [TOPS/W]
    std::string tag;          ///< of the total

    /// Only the gate model tells them apart.
    std::array<std::pair<const char*, const EnergyPart*>, 4> parts() const;
};

/// Energy of the array by `energy.digital.model`:
///
///   gates    cycles x toggle_rate x (N M w k e_gate + M k FA(N, w) e_fa + M A (k e_fa + e_reg)),
///            k input bits per cycle, A accumulator bits
///   per_mac  N M e_mac (w b_i / 64) x cycles / cycles_per_vector
///   power    power x cycles x t_clk
///
/// Source: zigzag-imc's gate model over the adder tree of fritchman21. Derived: 133 fJ per product
/// for a column of 128 rows, 8 x 8 bit, half of the nodes switching; place and route of fritchman21
/// gives 120 (98.2 mW at 1638 Gop/s).
/// Choice: the input and tree registers, the shifter and what signs need (an inverter per tree,
/// XOR gates in one) are not counted, as in the model that this follows.
/// @param cycles_per_mvm  on average; fewer than digital::cycles_per_vector with skip_zero_planes
DigitalArrayEnergy digital_array_energy(const config::TileConfig& tile, double cycles_per_mvm);

/// The report of a run of a digital tile: the array above and its post unit. There are no
/// converters and no pulse drivers; phases_per_mvm are the cycles per MVM.
/// @param mvms   at least 1    @param steps  cycles of all these MVMs together
/// @throws std::invalid_argument  no MVM
EnergyReport digital_energy_of(const config::TileConfig& tile, std::uint64_t mvms,
                               std::uint64_t steps);

}  // namespace aimc::cost
