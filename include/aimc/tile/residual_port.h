// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/controller.h"
#include "aimc/tile/hop.h"
#include "aimc/tile/response_queue.h"
#include "aimc/tile/stage.h"

#include <vector>

namespace aimc::tile {

/// Residual words that come apart from x: the partial sums of the row tile before this one. They
/// wait in a small memory until the post unit takes them together with the counts of their vector.
///
///   r_tsock  BEGIN_REQ at R_k ... END_REQ when stored ............ BEGIN_RESP at H_k
///   words    BEGIN_REQ when they are the oldest .................. END_REQ, BEGIN_RESP at H_k
///
/// The transaction stands for a stream that begins with its request: R_k is the edge of the first
/// column, and the post unit needs the others no earlier than they come. Words belong to vectors in
/// order: the k-th words to the k-th vector that was taken in under MODE.residual_port since reset.
/// They may come before their vector does.
///
/// Choice: the memory holds the words of 2 vectors, as many as there are banks of counters; a
/// request that finds it full waits at the door (END_REQ when the post unit has taken the oldest,
/// at the same edge). Its depth moves no edge of any vector: words k find room by H_(k-1), and the
/// post unit cannot take them before Y_(k-1). Whoever sends keeps what does not fit.
class ResidualPort : public Stage {
public:
    static constexpr std::size_t n_slots = 2;  ///< vectors whose words the memory holds

    /// Words in (AT and LT): TLM_WRITE of 2 * cols bytes, int16 in the byte order of the bus.
    /// GENERIC_ERROR while no vector is to have words by this port: MODE.residual_port is 0 and
    /// every vector inside has its own.
    tlm_utils::simple_target_socket_optional<ResidualPort> r_tsock{"r_tsock"};
    HopInitiator words{"word_isock", wake_};

    ResidualPort(const sc_core::sc_module_name& name, Controller& controller,
                 const sc_core::sc_time& t_clk);
    void reset() override;

private:
    void step() override;
    bool has_room() const;
    tlm::tlm_response_status check(const tlm::tlm_generic_payload& trans) const;
    void store(tlm::tlm_generic_payload* source, const unsigned char* data);
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);

    Controller& controller_;
    tlm::tlm_generic_payload* waiting_ = nullptr;  ///< at the door, BEGIN_REQ unanswered
    ResponseQueue responses_;
    TokenPool pool_;                  ///< its tokens carry words only, and since when
    std::vector<MvmToken*> slots_;    ///< oldest first
    std::size_t started_ = 0;         ///< how many of them have been offered onwards
    sc_core::sc_event room_{"room"};  ///< for blocking callers
};

}  // namespace aimc::tile
