// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/token.h"

#include <vector>

namespace aimc::tile {

/// The sending end of a hop between two stages: the four-phase hand-shake of the base protocol.
///
///   BEGIN_REQ  valid: a token is offered          END_REQ    taken by the receiver at this edge
///   BEGIN_RESP the receiver's slot is free again  END_RESP   at once (the return of the call)
///
/// Calls from the other side only leave a note and wake the owner's process, which acts in the next
/// delta cycle of the same edge. Rules that only ever enable each other settle to the same result
/// in any order, so the order in which modules were built cannot matter.
class HopInitiator {
public:
    /// Which answers its owner acts on at once. It finds the others when it runs for another
    /// reason.
    enum class Wakes { when_taken, when_freed, both };
    /// @param wake  event of the owning stage
    HopInitiator(const char* name, sc_core::sc_event& wake, Wakes wakes = Wakes::both);

    tlm_utils::simple_initiator_socket<HopInitiator> isock;

    bool offering() const { return offered_ != nullptr || abandoned_ != nullptr; }
    /// A token has been offered and its owner does not know yet that it was taken.
    bool handing_over() const { return offered_ != nullptr || taken_ != nullptr; }
    /// BEGIN_REQ. @param data  the bytes that this hop carries, valid until the slot is free
    void offer(MvmToken& token, void* data, std::size_t length);
    MvmToken* poll_taken();  ///< the token whose END_REQ came since the last call, or null
    MvmToken* poll_freed();  ///< the next token whose BEGIN_RESP came, or null
    /// Forgets everything; the receiver is reset too.
    void reset();
    /// The same towards a receiver that is not: TLM cannot withdraw a request, so what is offered
    /// stays offered, with `aborted` set in its token, until the receiver has taken it.
    void reset_door();

private:
    tlm::tlm_sync_enum on_backward(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                   sc_core::sc_time& delay);
    void note_taken(tlm::tlm_generic_payload& trans);
    void note_freed(tlm::tlm_generic_payload& trans);

    sc_core::sc_event& wake_;
    Wakes wakes_;
    PayloadPool pool_;
    tlm::tlm_generic_payload* offered_ = nullptr;  ///< BEGIN_REQ sent, END_REQ awaited
    MvmToken* taken_ = nullptr;
    std::vector<tlm::tlm_generic_payload*> held_;    ///< taken, slot not yet free
    std::vector<MvmToken*> freed_;                   ///< oldest first
    tlm::tlm_generic_payload* abandoned_ = nullptr;  ///< offered before a reset, not taken yet
};

/// The receiving end of a hop inside the tile.
class HopTarget {
public:
    HopTarget(const char* name, sc_core::sc_event& wake);

    tlm_utils::simple_target_socket<HopTarget> tsock;

    MvmToken* offered() const;  ///< token that waits to be taken, or null
    void take();                ///< END_REQ for the offered token
    void release();             ///< BEGIN_RESP for the oldest taken token
    void reset();

private:
    tlm::tlm_sync_enum on_forward(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                  sc_core::sc_time& delay);

    sc_core::sc_event& wake_;
    tlm::tlm_generic_payload* offered_ = nullptr;
    std::vector<tlm::tlm_generic_payload*> taken_;  ///< oldest first
};

}  // namespace aimc::tile
