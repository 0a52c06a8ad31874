// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"
#include "aimc/mvm/analog_path.h"
#include "aimc/mvm/post.h"

#include <cstddef>
#include <string>

namespace aimc::bench {

/// What is simulated: a shipped configuration with few things changed. All are calibrated, and all
/// but `ideal` and `digital` have noise; tiles with physical converters have all noise on and
/// recorded curves. setup() makes sure of it.
enum class Case {
    ideal,               ///< ideal_256: no noise, ideal curve
    charge,              ///< hermes_256_one_phase with adc.integration charge: what networks run on
    time_resolved,       ///< hermes_256_one_phase as shipped
    charge_ldpu,         ///< charge with the FP16 unit
    time_resolved_ldpu,  ///< time_resolved with the FP16 unit
    ladder,              ///< time_resolved with the voltage lost along the bit lines
    per_segment,         ///< time_resolved with read noise per pulse length
    per_cell,            ///< time_resolved with read noise per cell
    ams,                 ///< ams_12b_8: an exact conversion and one error per column
    pim_native,          ///< pim_native_7b: 7-bit converters with the spread of a chip
    pim_differential,    ///< pim_differential_7b
    pim_bit_serial,      ///< pim_bit_serial_7b
    digital,             ///< digital_128
};
const char* to_string(Case which);
inline bool is_analog(Case which) { return which < Case::pim_native; }

struct Subject {
    Case which;
    config::ReadMode mode = config::ReadMode::one_phase;
    std::size_t rows = 256, cols = 256;
    std::string name() const;  ///< CASE/MODE, or CASE/ROWSxCOLS of a tile that is not analog
};

/// A programmed and calibrated tile, ready to read.
struct Setup {
    config::TileConfig config;
    config::Workload workload;  ///< 512 input vectors
    device::CellTargets targets;
    mvm::Chip chip;
    mvm::PostWords words;
};

/// Made at first use and kept. Throws what the reader and the calibration throw, and
/// std::logic_error for a setup that is easier than its name says.
const Setup& setup(const Subject& subject);

}  // namespace aimc::bench
