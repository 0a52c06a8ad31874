// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/response_queue.h"

#include "aimc/sim/fifo.h"

namespace aimc::tile {

void ResponseQueue::answer(tlm::tlm_generic_payload& trans, tlm::tlm_response_status status)
{
    trans.set_response_status(status);
    answers_.push_back(&trans);
    send();
}

bool ResponseQueue::end([[maybe_unused]] const tlm::tlm_generic_payload& trans)
{
    sc_assert(answering_ == &trans);
    answered();
    return !answers_.empty();
}

void ResponseQueue::send()
{
    while (answering_ == nullptr && !answers_.empty()) {
        tlm::tlm_generic_payload& trans = *sim::pop_front(answers_);
        answering_ = &trans;
        tlm::tlm_phase phase = tlm::BEGIN_RESP;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        if (backward_(trans, phase, delay) != tlm::TLM_ACCEPTED) { answered(); }
    }
}

void ResponseQueue::answered()
{
    answering_->release();
    answering_ = nullptr;
}

}  // namespace aimc::tile
