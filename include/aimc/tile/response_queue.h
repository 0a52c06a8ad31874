// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"

#include <functional>
#include <vector>

namespace aimc::tile {

/// The responses of a socket that takes several requests before it answers the first: one response
/// at a time, the next waits for the END_RESP of the last. Nobody inside the tile waits for either.
class ResponseQueue {
public:
    /// @param backward  nb_transport_bw of the socket
    using Backward = std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&,
                                                      sc_core::sc_time&)>;
    explicit ResponseQueue(Backward backward) : backward_(std::move(backward)) {}

    /// BEGIN_RESP as soon as it may be; takes over the caller's reference to the transaction.
    void answer(tlm::tlm_generic_payload& trans, tlm::tlm_response_status status);
    /// END_RESP came as a call. @returns whether send() has something to do
    bool end(const tlm::tlm_generic_payload& trans);
    /// Responses that may be sent now.
    void send();

private:
    void answered();

    Backward backward_;
    std::vector<tlm::tlm_generic_payload*> answers_;  ///< to be sent, oldest first
    tlm::tlm_generic_payload* answering_ = nullptr;   ///< BEGIN_RESP sent, END_RESP awaited
};

}  // namespace aimc::tile
