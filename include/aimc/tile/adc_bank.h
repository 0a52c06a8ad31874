// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/controller.h"
#include "aimc/tile/hop.h"
#include "aimc/tile/stage.h"

#include <vector>

namespace aimc::tile {

/// One ADC per bit line, with one or two banks of counters. Adds time to converters::CcoAdc: a read
/// is taken when a bank is free, its counts are valid at C_k, and the bank is held until the post
/// unit has worked through it (Y_k).
class AdcBank : public Stage {
public:
    HopTarget currents{"current_tsock", wake_};
    HopInitiator counts{"count_isock", wake_};

    AdcBank(const sc_core::sc_module_name& name, Controller& controller,
            const sc_core::sc_time& t_clk);
    void reset() override;

private:
    void step() override;

    Controller& controller_;
    MvmToken* integrating_ = nullptr;
    std::uint64_t counts_valid_ = 0;  ///< C of the read in progress [edge]
    std::size_t banks_used_ = 0;
    std::vector<MvmToken*> ready_;  ///< counts valid, not yet offered; oldest first
};

}  // namespace aimc::tile
