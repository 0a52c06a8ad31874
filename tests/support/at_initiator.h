// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <vector>

namespace aimc::test {

/// Counts what it gave out and what came back, and cleans up after tests that leave things open.
class CountingManager : public tlm::tlm_mm_interface {
public:
    CountingManager() = default;
    CountingManager(const CountingManager&) = delete;
    CountingManager& operator=(const CountingManager&) = delete;
    ~CountingManager() override
    {
        for (tlm::tlm_generic_payload* trans : live_) { delete trans; }
    }

    tlm::tlm_generic_payload& allocate()
    {
        ++allocated;
        return **live_.insert(new tlm::tlm_generic_payload(this)).first;
    }
    void free(tlm::tlm_generic_payload* trans) override
    {
        ++freed;
        live_.erase(trans);
        delete trans;
    }
    std::size_t allocated = 0;
    std::size_t freed = 0;

private:
    std::set<tlm::tlm_generic_payload*> live_;
};

/// An approximately-timed initiator: one open request, several open transactions.
class AtInitiator : public sc_core::sc_module {
public:
    enum class Answer { later, updated, completed };  ///< how it ends a response

    tlm_utils::simple_initiator_socket<AtInitiator> isock{"isock"};
    Answer answer = Answer::later;
    sc_core::sc_time t_end_resp{3, sc_core::SC_NS};  ///< BEGIN_RESP to END_RESP, Answer::later
    CountingManager manager;

    explicit AtInitiator(const sc_core::sc_module_name& name) : sc_module(name)
    {
        isock.register_nb_transport_bw(this, &AtInitiator::nb_transport_bw);
        SC_THREAD(end_responses);
    }

    /// Words on their way; the response is valid once `done`.
    struct Transfer {
        std::vector<std::uint32_t> words;
        tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
        sc_core::sc_time answered{};  ///< time of BEGIN_RESP
        bool done = false;
        tlm::tlm_generic_payload* trans = nullptr;
    };

    /// From an SC_THREAD: sends BEGIN_REQ and waits until the next request may be sent.
    void send(tlm::tlm_command command, std::uint64_t address, Transfer& transfer)
    {
        tlm::tlm_generic_payload& trans = manager.allocate();
        trans.acquire();
        trans.set_command(command);
        trans.set_address(address);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(transfer.words.data()));
        trans.set_data_length(static_cast<unsigned int>(4 * transfer.words.size()));
        trans.set_streaming_width(trans.get_data_length());
        transfer.trans = &trans;
        transfers_.push_back(&transfer);

        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        request_open_ = true;
        const auto status = isock->nb_transport_fw(trans, phase, delay);
        sc_assert(status == tlm::TLM_ACCEPTED);  // all that the socket's adapter ever returns
        while (request_open_) { sc_core::wait(request_closed_); }
    }
    void wait_for(const Transfer& transfer)
    {
        while (!transfer.done) { sc_core::wait(transfer_done_); }
    }

private:
    AIMC_HAS_PROCESS(AtInitiator);

    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay)
    {
        request_open_ = false;  // END_REQ, or BEGIN_RESP, which implies it
        request_closed_.notify(sc_core::SC_ZERO_TIME);
        if (phase != tlm::BEGIN_RESP) { return tlm::TLM_ACCEPTED; }
        for (Transfer* t : transfers_) {
            if (t->trans == &trans) {
                t->answered = sc_core::sc_time_stamp() + delay;
                t->status = trans.get_response_status();
            }
        }
        if (answer == Answer::later) {
            to_end_.push_back(&trans);
            end_response_.notify(t_end_resp);
            return tlm::TLM_ACCEPTED;
        }
        finish(trans);
        phase = tlm::END_RESP;
        return answer == Answer::updated ? tlm::TLM_UPDATED : tlm::TLM_COMPLETED;
    }

    void end_responses()
    {
        while (true) {
            sc_core::wait(end_response_);
            tlm::tlm_generic_payload& trans = *to_end_.front();
            to_end_.pop_front();
            tlm::tlm_phase phase = tlm::END_RESP;
            sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
            isock->nb_transport_fw(trans, phase, delay);
            finish(trans);
        }
    }

    void finish(tlm::tlm_generic_payload& trans)
    {
        for (Transfer* t : transfers_) {
            if (t->trans == &trans) {
                t->trans = nullptr;
                t->done = true;
            }
        }
        transfer_done_.notify(sc_core::SC_ZERO_TIME);
        trans.release();
    }

    std::vector<Transfer*> transfers_;
    std::deque<tlm::tlm_generic_payload*> to_end_;
    sc_core::sc_event request_closed_{"request_closed_"};
    sc_core::sc_event transfer_done_{"transfer_done_"};
    sc_core::sc_event end_response_{"end_response_"};
    bool request_open_ = false;
};

}  // namespace aimc::test
