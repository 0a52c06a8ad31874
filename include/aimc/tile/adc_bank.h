// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/controller.h"
#include "aimc/tile/hop.h"
#include "aimc/tile/stage.h"

#include <vector>

namespace aimc::tile {

/// One ADC per bit line, with one or two banks of counters. Adds time to converters::CcoAdc: a read
/// is taken when a bank is free, its counts are valid at C_k, and the bank is held until the post
/// unit has worked through it (Y_k). A pipelined array writes a bank F cycles after it took the
/// read, so that it takes one whose Y_k is F cycles away and known.
class AdcBank : public Stage {
public:
    HopTarget currents{"current_tsock", wake_};
    HopInitiator counts{"count_isock", wake_};

    AdcBank(const sc_core::sc_module_name& name, Controller& controller,
            const sc_core::sc_time& t_clk);
    void reset() override;

private:
    void step() override;

    /// A read on its way to its counts.
    struct Conversion {
        MvmToken* token;
        std::uint64_t counts_valid;  ///< its C [edge]
    };
    void free_banks();
    void finish_conversions();
    void wake_at_next();

    Controller& controller_;
    const std::uint64_t n_pipeline_;        ///< F [cycles]
    std::vector<Conversion> converting_;    ///< oldest first; one, unless the array is pipelined
    std::vector<std::uint64_t> bank_free_;  ///< edges at which banks of a pipelined array can be
                                            ///< claimed again, in order
    std::size_t banks_used_ = 0;
    std::vector<MvmToken*> ready_;  ///< counts valid, not yet offered; oldest first
};

}  // namespace aimc::tile
