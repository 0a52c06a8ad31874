// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/cost/energy.h"

#include <cstdint>

namespace aimc::cost {

/// The report of a run of a tile of kind pim. No energy of such a tile was found, so its total is
/// what its converters take at least (energy.adc_bound) and nothing else; without a bound it is
/// not a number, unless the post unit's is given. phases_per_mvm are the evaluations per MVM.
/// Choice: every physical column converts at every evaluation, also where a layer leaves it empty.
/// @param mvms   at least 1    @param steps  evaluations of all these MVMs together
/// @throws std::invalid_argument  no MVM
EnergyReport scheme_energy_of(const config::TileConfig& tile, std::uint64_t mvms,
                              std::uint64_t steps);

}  // namespace aimc::cost
