// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/controller.h"
#include "aimc/tile/hop.h"
#include "aimc/tile/stage.h"

namespace aimc::tile {

/// The crossbar for the length of one read. Adds time to crossbar::Crossbar: a read starts when the
/// array is free and the converters have a counter bank, and never pauses.
///
///   read      ____/""""""""""""""""""\____    A cycles from S_k to C_k
///
/// What goes to the converters (`current_isock`) is which read it is: the phases that are played, a
/// byte each in their order, and the token with x, the read's number and the array as it was at
/// S_k. Column currents are a function of these; a waveform of them is never stored.
class CrossbarArray : public Stage {
public:
    HopTarget pulses{"pulse_tsock", wake_};
    HopInitiator currents{"current_isock", wake_, HopInitiator::Wakes::when_taken};

    CrossbarArray(const sc_core::sc_module_name& name, Controller& controller,
                  const sc_core::sc_time& t_clk);
    void reset() override;

private:
    void step() override;

    Controller& controller_;
    MvmToken* reading_ = nullptr;
    std::uint64_t read_ends_ = 0;  ///< C of the read in progress [edge]
};

}  // namespace aimc::tile
