// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/controller.h"
#include "aimc/tile/hop.h"
#include "aimc/tile/response_queue.h"
#include "aimc/tile/stage.h"

#include <vector>

namespace aimc::tile {

/// Input queue and word-line drivers. Vectors come by `x_tsock` (or the doorbell), wait in an input
/// slot, and drive the array for one read; the slot is held until the read ends.
///
///   x_tsock  BEGIN_REQ ... END_REQ at in_k ............ BEGIN_RESP at C_k
///   pulses            BEGIN_REQ ... END_REQ at S_k ..... BEGIN_RESP at C_k
///
/// Times only: the pulses themselves are crossbar::pwm_pulse.
class DacBank : public Stage {
public:
    /// Vectors in (AT and LT): TLM_WRITE of `rows` bytes, one int8 code per word line.
    tlm_utils::simple_target_socket<DacBank> x_tsock{"x_tsock"};
    HopInitiator pulses{"pulse_isock", wake_};

    DacBank(const sc_core::sc_module_name& name, Controller& controller,
            const sc_core::sc_time& t_clk);

    bool has_room() const;
    void offer(MvmToken& token);  ///< doorbell; only when has_room()
    void reset() override;

private:
    void step() override;
    void accept(tlm::tlm_generic_payload* source, MvmToken& token);
    bool has_slot() const;
    bool door_rests() const;  ///< a vector came in at this edge; the next at the next one
    bool may_accept() const;
    tlm::tlm_response_status check(const tlm::tlm_generic_payload& trans) const;
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);

    Controller& controller_;
    tlm::tlm_generic_payload* waiting_ = nullptr;  ///< at the door, BEGIN_REQ unanswered
    ResponseQueue responses_;
    std::vector<MvmToken*> slots_;  ///< oldest first
    std::size_t started_ = 0;       ///< how many of them have been offered onwards
    bool any_yet_ = false;
    std::uint64_t last_in_ = 0;       ///< edge of the last hand-over in
    sc_core::sc_event room_{"room"};  ///< for blocking callers
};

}  // namespace aimc::tile
