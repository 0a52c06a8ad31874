// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/controller.h"
#include "aimc/tile/hop.h"
#include "aimc/tile/stage.h"

#include <vector>

namespace aimc::tile {

/// Finished vectors on their way out: by `y_isock` to a sink, or to the memory-mapped output bank.
///
///   y_isock  BEGIN_REQ at max(Y_k, O_(k-1) + 1) ... END_REQ at O_k     TLM_WRITE, int32 per column
class OutputBuffer : public Stage {
public:
    HopTarget results{"result_tsock", wake_};
    HopInitiator out{"y_isock", wake_};

    OutputBuffer(const sc_core::sc_module_name& name, Controller& controller,
                 const sc_core::sc_time& t_clk);

    const MvmToken* for_bank() const;  ///< the vector that waits for the output bank, or null
    void take_for_bank();              ///< hands it over; only when there is one
    void set_to_bank(bool on);
    void reset() override;

private:
    void step() override;
    bool may_hand_over() const;
    void handed_over(MvmToken& token);

    Controller& controller_;
    std::vector<MvmToken*> waiting_;  ///< y valid, oldest first
    MvmToken* fetched_ = nullptr;     ///< read by the host, handed over at the next edge
    bool to_bank_ = false;
    bool told_ = false;  ///< the front door knows of the oldest
    bool any_yet_ = false;
    std::uint64_t last_out_ = 0;  ///< edge of the last hand-over
};

}  // namespace aimc::tile
