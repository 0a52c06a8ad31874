// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/calibrate.h"
#include "aimc/mvm/analog_path.h"

#include <string>
#include <vector>

namespace aimc::calibration {

/// Affine tables as a file (aimc-affine/2, JSON): what `sim calibrate` writes and
/// `calibration.file` reads. Words are raw integers, binary16 words four hex digits. `made_for`
/// says for which read mode, branch and formats; another tile refuses the words.
std::string affine_json(const config::TileConfig& config,
                        const std::vector<LayerCalibration>& layers, double current_ratio);

struct AffineFile {
    std::vector<LayerCalibration> layers;
    double current_ratio = 1.0;
    std::uint64_t device_seed = 0;  ///< of the chip that the words were made for
};
/// Throws InputError (exit 3) when the file does not fit the tile or the workload.
AffineFile load_affine(const std::string& path, const config::TileConfig& config,
                       const config::Workload& workload);

/// A frozen chip (aimc-chip/2): NAME.json with the affine tables, and the conductances on their
/// grid beside it as NAME_g_pos.npy, NAME_g_neg.npy [rows x cols] int16. Read noise is not part of
/// it: a frozen chip reads without noise, so that only integer arithmetic lies between its inputs
/// and its trace. `made_for` names the grid and the read voltage, too.
void save_chip(const std::string& path, const config::TileConfig& config, const mvm::Chip& chip,
               const std::vector<LayerCalibration>& layers);

struct ChipFile {
    crossbar::GridArray array;
    AffineFile affine;
};
ChipFile load_chip(const std::string& path, const config::TileConfig& config,
                   const config::Workload& workload);

}  // namespace aimc::calibration
