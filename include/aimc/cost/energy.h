// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/cost/adc_bound.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What a tile costs: energy per MVM, area, and sizes that stand in for hardware. Nothing here has
/// an effect on results or cycles. Numbers that nobody published stay empty.
namespace aimc::cost {

/// What one part of the tile takes per MVM.
struct EnergyPart {
    std::optional<double> per_mvm_nJ;  ///< [nJ] none: not known, and not in the total
    std::string tag;                   ///< who decided the energy per event, or "given"
    bool is_absent = false;            ///< a tile of this kind has no such part; the tag says so
};

/// Energy of the MVMs of a run, on average.
struct EnergyReport {
    EnergyPart adc;      ///< conversions: every column, every phase
    EnergyPart input;    ///< pulses and drivers: every word line, every phase
    EnergyPart array;    ///< cells: once per MVM
    EnergyPart digital;  ///< the post unit: every column, once per MVM
    double phases_per_mvm = 0.0;
    double read_nJ = 0.0;     ///< ADC, input and array: what the published totals cover  [nJ]
    double per_mvm_nJ = 0.0;  ///< read_nJ and the post unit, if its energy is known      [nJ]
    double tops_per_w = 0.0;  ///< 2 x rows x cols operations / per_mvm_nJ                [TOPS/W]
    /// Whether read_nJ repeats the published totals because it was made from them: 256 x 256,
    /// windows of 128 ns, the default energies.
    bool is_set_to_match = false;
    /// What the conversions would take at least; beside the energies above and not part of them.
    std::optional<AdcBound> adc_bound;
    std::string tag;                    ///< of the totals
    std::vector<std::string> left_out;  ///< what no number here covers, in words

    std::array<std::pair<const char*, const EnergyPart*>, 4> parts() const;
    /// How many times the bound the conversions take as configured; none without either. [-]
    std::optional<double> adc_over_bound() const;
};

/// Energy from counted events:
///
///   E = phases x (cols x adc + rows x input) + mvms x (rows x cols x array + cols x digital)
///
/// Every line and column of the tile takes part, also where a small layer leaves it empty: the
/// published totals are those of a full tile.
///
/// Derived: 131,072 op / 9.76 TOPS/W = 13.43 nJ (one-phase) and 3.38 uJ / 64 = 52.81 nJ
/// (four-phase) of LeGallo23 are two totals and fix two numbers: (52.81 - 13.43) / 3 = 13.13 nJ for
/// each phase and 0.30 nJ for each MVM. The first is published, the second second-hand notes; the
/// unrounded quotients were taken, so that 13.4 and 52.8 nJ, 9.76 and 2.48 TOPS/W, 0.86 and 3.38 uJ
/// all come out as printed.
/// Choice: converters and pulse generators work in every phase; a cell conducts once per MVM in
/// either mode, so that what does not grow with the phases is booked to the array. The two totals
/// fit a constant power of 0.101 W just as well: they do not tell an event from time, so energies
/// are not scaled with the window, and the report says when it is not 128 ns. Idle time takes
/// nothing here; at constant power a tile that waits for its LDPU would take far more.
///
/// @param mvms    at least 1
/// @param phases  of all these MVMs together, as they were read: fewer with skip_empty_phases
/// @throws std::invalid_argument  no MVM
EnergyReport energy_of(const config::TileConfig& tile, std::uint64_t mvms, std::uint64_t phases);

}  // namespace aimc::cost
