// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"

#include "support/at_initiator.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace aimc::test {

/// An approximately-timed source of vectors that may be slow to end a response, and may send
/// requests that are wrong. Several transactions may be open; a request is over at its own END_REQ.
class VectorInitiator : public sc_core::sc_module {
public:
    using Answer = AtInitiator::Answer;
    tlm_utils::simple_initiator_socket<VectorInitiator> x_isock{"x_isock"};
    Answer answer = Answer::updated;
    sc_core::sc_time t_end_resp{3, sc_core::SC_NS};  ///< BEGIN_RESP to END_RESP, Answer::later
    CountingManager manager;

    /// One vector on its way; it must stay where it is until `done`.
    struct Transfer {
        std::vector<std::int8_t> x;
        tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
        sc_core::sc_time answered{};  ///< time of BEGIN_RESP, or of a refusal
        bool done = false;
        const tlm::tlm_generic_payload* trans = nullptr;
    };
    using Spoil = std::function<void(tlm::tlm_generic_payload&)>;

    explicit VectorInitiator(const sc_core::sc_module_name& name) : sc_module(name)
    {
        x_isock.register_nb_transport_bw(this, &VectorInitiator::nb_transport_bw);
        SC_METHOD(end_response);
        sensitive << end_response_;
        dont_initialize();
    }

    /// From a thread: sends and waits until the next request may be sent.
    /// @param spoil  what is made wrong with the transaction
    void send(Transfer& transfer, const Spoil& spoil = {})
    {
        tlm::tlm_generic_payload& trans = manager.allocate();
        trans.acquire();
        trans.set_command(tlm::TLM_WRITE_COMMAND);
        trans.set_address(0);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(transfer.x.data()));
        trans.set_data_length(static_cast<unsigned int>(transfer.x.size()));
        trans.set_streaming_width(trans.get_data_length());
        if (spoil) { spoil(trans); }
        transfer.trans = requesting_ = &trans;
        open_.push_back(&transfer);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        if (x_isock->nb_transport_fw(trans, phase, delay) == tlm::TLM_COMPLETED) {
            requesting_ = nullptr;
            note_response(trans);
            finish(trans);
        }
        while (requesting_ != nullptr) { sc_core::wait(request_over_); }
    }
    void wait_for(const Transfer& transfer)
    {
        while (!transfer.done) { sc_core::wait(transfer_done_); }
    }

private:
    AIMC_HAS_PROCESS(VectorInitiator);
    using Payload = tlm::tlm_generic_payload;

    tlm::tlm_sync_enum nb_transport_bw(Payload& trans, tlm::tlm_phase& phase, sc_core::sc_time&)
    {
        if (&trans == requesting_) {
            requesting_ = nullptr;
            request_over_.notify(sc_core::SC_ZERO_TIME);
        }
        if (phase != tlm::BEGIN_RESP) { return tlm::TLM_ACCEPTED; }
        note_response(trans);
        if (answer == Answer::later) {
            responding_ = &trans;
            end_response_.notify(t_end_resp);
            return tlm::TLM_ACCEPTED;
        }
        finish(trans);
        phase = tlm::END_RESP;
        return answer == Answer::updated ? tlm::TLM_UPDATED : tlm::TLM_COMPLETED;
    }
    void end_response()
    {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        x_isock->nb_transport_fw(*responding_, phase, delay);
        finish(*responding_);
    }

    Transfer& transfer_of(const Payload& trans)
    {
        return **std::find_if(open_.begin(), open_.end(),
                              [&](const Transfer* t) { return t->trans == &trans; });
    }
    void note_response(const Payload& trans)
    {
        transfer_of(trans).status = trans.get_response_status();
        transfer_of(trans).answered = sc_core::sc_time_stamp();
    }
    void finish(Payload& trans)
    {
        Transfer& transfer = transfer_of(trans);
        transfer.done = true;
        open_.erase(std::find(open_.begin(), open_.end(), &transfer));
        transfer_done_.notify(sc_core::SC_ZERO_TIME);
        trans.release();
    }

    std::deque<Transfer*> open_;
    const Payload* requesting_ = nullptr;
    Payload* responding_ = nullptr;
    sc_core::sc_event request_over_{"request_over_"};
    sc_core::sc_event transfer_done_{"transfer_done_"};
    sc_core::sc_event end_response_{"end_response_"};
};

}  // namespace aimc::test
