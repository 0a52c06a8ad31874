// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/drift_compensation.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace aimc::calibration {

/// What was done for the tile at one age, and what it cost.
struct Upkeep {
    double age_s = 0.0;         ///< [s] since programming was verified
    bool calibrated = false;    ///< words were fitted at this age
    bool compensated = false;   ///< words were scaled at this age
    std::uint64_t vectors = 0;  ///< played for it, the readout it refers to included
    std::uint64_t cycles = 0;
    double least_factor = 1.0, mean_factor = 1.0, most_factor = 1.0;  ///< alpha over columns [-]
    double current_ratio = 1.0;  ///< of the ADCs' input mirrors at this age
    std::uint64_t clipped = 0;   ///< scales and offsets that no longer fit their format
};

/// A programmed tile on its way through time: how its affine words come about at the start, and
/// what `ageing` says is done about drift at each later age.
class BringUp {
public:
    BringUp(const config::TileConfig& config, const config::Workload& workload,
            const device::CellTargets& targets, SimdLevel simd,
            const mvm::ReadMemory* memory = nullptr);

    /// Asked while calibration vectors play; true ends that with Interrupted.
    void stop_when(Stop stop) { stop_ = std::move(stop); }

    /// At device.age_s: a frozen chip replaces `chip`; words are read, fixed or fitted.
    void start(mvm::Chip& chip);
    /// The same devices at a later age; the mirror ratio stays as it was trimmed.
    void age_to(double age_s);

    const mvm::Chip& chip() const { return chip_; }
    const std::vector<LayerCalibration>& layers() const { return layers_; }
    const std::string& method() const { return method_; }
    const Upkeep& upkeep() const { return upkeep_; }

private:
    void fit();
    void remember_readout();
    void compensate();
    Readout readout();

    config::TileConfig config_;  ///< device.age_s is the age of now
    const config::Workload& workload_;
    const device::CellTargets& targets_;
    SimdLevel simd_;
    const mvm::ReadMemory* memory_;
    Stop stop_;
    mvm::Chip chip_;
    std::vector<LayerCalibration> layers_;   ///< with the words of now
    std::vector<LayerCalibration> trimmed_;  ///< with the words that were last fitted or given
    std::string method_;
    Readout then_;  ///< what a compensation goes back to
    std::uint64_t reads_ = 0;
    Upkeep upkeep_;
};

}  // namespace aimc::calibration
