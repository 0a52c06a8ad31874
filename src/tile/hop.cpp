// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/hop.h"

#include "aimc/sim/fifo.h"

#include <algorithm>

namespace aimc::tile {
namespace {

MvmToken* token_of(tlm::tlm_generic_payload& trans)
{
    return trans.get_extension<MvmExtension>()->token;
}

}  // namespace

HopInitiator::HopInitiator(const char* name, sc_core::sc_event& wake, Wakes wakes)
    : isock(name), wake_(wake), wakes_(wakes)
{
    isock.register_nb_transport_bw(this, &HopInitiator::on_backward);
}

void HopInitiator::offer(MvmToken& token, void* data, std::size_t length)
{
    sc_assert(offered_ == nullptr);
    tlm::tlm_generic_payload& trans =
        pool_.allocate(token, static_cast<unsigned char*>(data), length);
    offered_ = &trans;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    trans.acquire();  // until the last call: an answer inside this one gives up the other reference
    const auto status = isock->nb_transport_fw(trans, phase, delay);
    // A receiver may answer in the return value; the tile's own stages never do, sinks outside may.
    if (status == tlm::TLM_COMPLETED) {
        note_taken(trans);
        note_freed(trans);
    } else if (status == tlm::TLM_UPDATED) {
        note_taken(trans);
        if (phase == tlm::BEGIN_RESP) {
            note_freed(trans);
            phase = tlm::END_RESP;
            isock->nb_transport_fw(trans, phase, delay);
        }
    }
    trans.release();
}

void HopInitiator::note_taken(tlm::tlm_generic_payload& trans)
{
    if (abandoned_ == &trans) {
        abandoned_ = nullptr;
        held_.push_back(&trans);
        wake_.notify(sc_core::SC_ZERO_TIME);  // the door is free for the next one
    }
    if (offered_ != &trans) { return; }
    offered_ = nullptr;
    taken_ = token_of(trans);
    held_.push_back(&trans);
    if (wakes_ != Wakes::when_freed) { wake_.notify(sc_core::SC_ZERO_TIME); }
}

void HopInitiator::note_freed(tlm::tlm_generic_payload& trans)
{
    // The tile's own stages free in order; a sink outside may respond in any.
    const auto found = std::find(held_.begin(), held_.end(), &trans);
    sc_assert(found != held_.end());
    held_.erase(found);
    freed_.push_back(token_of(trans));
    trans.release();
    if (wakes_ != Wakes::when_taken) { wake_.notify(sc_core::SC_ZERO_TIME); }
}

tlm::tlm_sync_enum HopInitiator::on_backward(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                             sc_core::sc_time&)
{
    if (phase == tlm::END_REQ) {
        note_taken(trans);
        return tlm::TLM_ACCEPTED;
    }
    sc_assert(phase == tlm::BEGIN_RESP);
    note_taken(trans);  // a receiver may skip END_REQ
    note_freed(trans);
    return tlm::TLM_COMPLETED;
}

MvmToken* HopInitiator::poll_taken()
{
    MvmToken* token = taken_;
    taken_ = nullptr;
    return token;
}

MvmToken* HopInitiator::poll_freed() { return freed_.empty() ? nullptr : sim::pop_front(freed_); }

void HopInitiator::reset()
{
    if (offered_ != nullptr) { offered_->release(); }
    offered_ = nullptr;
    for (auto* trans : held_) { trans->release(); }
    held_.clear();
    freed_.clear();
    taken_ = nullptr;
}

void HopInitiator::reset_door()
{
    if (offered_ != nullptr) {
        abandoned_ = offered_;  // else one that an earlier reset abandoned may still be there
        token_of(*offered_)->aborted = true;
    }
    // Taken and even freed ones may not have been polled yet; each comes back by poll_freed.
    for (auto* trans : held_) { token_of(*trans)->aborted = true; }
    for (MvmToken* token : freed_) { token->aborted = true; }
    offered_ = nullptr;
    taken_ = nullptr;
}

HopTarget::HopTarget(const char* name, sc_core::sc_event& wake) : tsock(name), wake_(wake)
{
    tsock.register_nb_transport_fw(this, &HopTarget::on_forward);
}

tlm::tlm_sync_enum HopTarget::on_forward(tlm::tlm_generic_payload& trans,
                                         [[maybe_unused]] tlm::tlm_phase& phase, sc_core::sc_time&)
{
    sc_assert(phase == tlm::BEGIN_REQ && offered_ == nullptr);
    trans.acquire();
    offered_ = &trans;
    wake_.notify(sc_core::SC_ZERO_TIME);
    return tlm::TLM_ACCEPTED;
}

MvmToken* HopTarget::offered() const { return offered_ != nullptr ? token_of(*offered_) : nullptr; }

void HopTarget::take()
{
    tlm::tlm_generic_payload& trans = *offered_;
    offered_ = nullptr;
    taken_.push_back(&trans);
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    tsock->nb_transport_bw(trans, phase, delay);
}

void HopTarget::release()
{
    tlm::tlm_generic_payload& trans = *sim::pop_front(taken_);
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    [[maybe_unused]] const auto status = tsock->nb_transport_bw(trans, phase, delay);
    sc_assert(status == tlm::TLM_COMPLETED);
    trans.release();
}

void HopTarget::reset()
{
    if (offered_ != nullptr) { offered_->release(); }
    offered_ = nullptr;
    for (auto* trans : taken_) { trans->release(); }
    taken_.clear();
}

}  // namespace aimc::tile
