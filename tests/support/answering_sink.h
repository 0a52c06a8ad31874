// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

namespace aimc::test {

/// A target of vectors that is always ready and answers in one of the ways that the base protocol
/// allows.
class AnsweringSink : public sc_core::sc_module {
public:
    enum class Answer {
        completed,           ///< TLM_COMPLETED
        updated_end_req,     ///< TLM_UPDATED with END_REQ, BEGIN_RESP by a call t_response later
        updated_begin_resp,  ///< TLM_UPDATED with BEGIN_RESP
        call_begin_resp,     ///< BEGIN_RESP by a call, no END_REQ
        call_inside,         ///< both by calls from inside nb_transport_fw
        late_begin_resp,     ///< END_REQ by a call, BEGIN_RESP t_response later
        newest_first,        ///< the same, but what waits is answered newest first
    };
    tlm_utils::simple_target_socket<AnsweringSink> y_tsock{"y_tsock"};
    Answer answer;
    sc_core::sc_time t_response{300, sc_core::SC_NS};  ///< more than a read
    std::vector<std::vector<std::int32_t>> taken;
    std::vector<sc_core::sc_time> taken_at;

    AnsweringSink(const sc_core::sc_module_name& name, Answer how) : sc_module(name), answer(how)
    {
        y_tsock.register_nb_transport_fw(this, &AnsweringSink::nb_transport_fw);
        SC_METHOD(take);
        sensitive << take_;
        dont_initialize();
        SC_THREAD(respond);
    }

private:
    AIMC_HAS_PROCESS(AnsweringSink);
    using Payload = tlm::tlm_generic_payload;

    tlm::tlm_sync_enum nb_transport_fw(Payload& trans, tlm::tlm_phase& phase, sc_core::sc_time&)
    {
        if (phase != tlm::BEGIN_REQ) { return tlm::TLM_COMPLETED; }
        const auto* y = reinterpret_cast<const std::int32_t*>(trans.get_data_ptr());
        taken.emplace_back(y, y + trans.get_data_length() / sizeof *y);
        taken_at.push_back(sc_core::sc_time_stamp());
        if (answer == Answer::completed || answer == Answer::updated_begin_resp) {
            trans.set_response_status(tlm::TLM_OK_RESPONSE);
            phase = tlm::BEGIN_RESP;
            return answer == Answer::completed ? tlm::TLM_COMPLETED : tlm::TLM_UPDATED;
        }
        trans.acquire();
        if (answer == Answer::updated_end_req) {
            to_respond_.push_back(&trans);
            responses_.notify(t_response);
            phase = tlm::END_REQ;
            return tlm::TLM_UPDATED;
        }
        offered_ = &trans;
        if (answer == Answer::call_inside) {
            take();
        } else {
            take_.notify(sc_core::SC_ZERO_TIME);
        }
        return tlm::TLM_ACCEPTED;
    }

    void take()
    {
        Payload& trans = *offered_;
        offered_ = nullptr;
        if (answer != Answer::call_begin_resp) { call(trans, tlm::END_REQ); }
        if (answer == Answer::call_begin_resp || answer == Answer::call_inside) {
            finish(trans);
            return;
        }
        to_respond_.push_back(&trans);
        responses_.notify(t_response);
    }

    /// Answers all that was taken since t_response ago; the oldest sets the time.
    void respond()
    {
        while (true) {
            sc_core::wait(responses_);
            if (answer == Answer::newest_first) {
                std::reverse(to_respond_.begin(), to_respond_.end());
            }
            while (!to_respond_.empty()) {
                Payload& trans = *to_respond_.front();
                to_respond_.pop_front();
                finish(trans);
            }
        }
    }

    void finish(Payload& trans)
    {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        call(trans, tlm::BEGIN_RESP);
        trans.release();
    }
    void call(Payload& trans, tlm::tlm_phase phase)
    {
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        y_tsock->nb_transport_bw(trans, phase, delay);
    }

    Payload* offered_ = nullptr;
    std::deque<Payload*> to_respond_;
    sc_core::sc_event take_{"take_"};
    sc_core::sc_event responses_{"responses_"};
};

}  // namespace aimc::test
