// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/mvm/record.h"

#include <cstdint>
#include <memory>
#include <string>

namespace aimc::report {

/// What of a run goes into the waves.
struct VcdSelection {
    std::string scope = "*";               ///< glob over full names of signals or scopes, e.g.
                                           ///< "tile.nmpu_bank.lane_3", "tile.dac_bank.wl_*"
    std::uint64_t from = 0;                ///< [cycles] window, inclusive
    std::uint64_t to = ~std::uint64_t{0};  ///< [cycles] exclusive
};

/// Value-change dump of a run, made from the same records as the trace, so it costs the simulation
/// nothing when off. The header is deterministic (no date). Scopes are the object tree of the timed
/// tile: tile.{dac_bank, crossbar, adc_bank, nmpu_bank.lane_0..., output_buffer, controller}.
/// Time unit 1 ps; edge of cycle t is at t * t_clk. The clock is drawn only inside the window.
/// A transfer at edge t shows as `valid` and `taken` both high in the cycle that begins at t.
class VcdWriter {
public:
    /// Throws ConfigError (exit 2) when the selection fits no signal.
    VcdWriter(const config::TileConfig& config, const VcdSelection& selection);
    ~VcdWriter();
    VcdWriter(VcdWriter&&) noexcept;
    VcdWriter& operator=(VcdWriter&&) noexcept;
    void add(const mvm::MvmRecord& record);  ///< in order of `mvm`
    std::string take();                      ///< the text that is final so far, handed over once
    std::string finish();                    ///< all that is left

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace aimc::report
