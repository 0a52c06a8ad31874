// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/dac_bank.h"

#include "aimc/sim/fifo.h"

#include <algorithm>

namespace aimc::tile {

DacBank::DacBank(const sc_core::sc_module_name& name, Controller& controller,
                 const sc_core::sc_time& t_clk)
    : Stage(name, t_clk),
      controller_(controller),
      responses_([this](auto& trans, auto& phase, auto& delay) {
          return x_tsock->nb_transport_bw(trans, phase, delay);
      })
{
    x_tsock.register_b_transport(this, &DacBank::b_transport);
    x_tsock.register_nb_transport_fw(this, &DacBank::nb_transport_fw);
}

bool DacBank::has_slot() const
{
    return !controller_.in_reset() &&
           slots_.size() < static_cast<std::size_t>(controller_.config().controller.input_slots);
}

bool DacBank::door_rests() const { return any_yet_ && edges_.now() <= last_in_; }

bool DacBank::may_accept() const { return has_slot() && !door_rests(); }

bool DacBank::has_room() const { return waiting_ == nullptr && may_accept(); }

void DacBank::accept(tlm::tlm_generic_payload* source, MvmToken& token)
{
    token.source = source;
    token.record.times.in = last_in_ = edges_.now();
    any_yet_ = true;
    slots_.push_back(&token);
}

void DacBank::offer(MvmToken& token)
{
    accept(nullptr, token);
    wake_on_edge();
}

tlm::tlm_response_status DacBank::check(const tlm::tlm_generic_payload& trans) const
{
    if (trans.get_command() != tlm::TLM_WRITE_COMMAND) { return tlm::TLM_COMMAND_ERROR_RESPONSE; }
    if (trans.get_address() != 0) { return tlm::TLM_ADDRESS_ERROR_RESPONSE; }
    if (trans.get_byte_enable_ptr() != nullptr) { return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE; }
    const std::size_t bytes = controller_.vector_bytes();
    if (trans.get_data_length() != bytes || trans.get_streaming_width() < bytes) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    const unsigned char* data = trans.get_data_ptr();
    const auto* codes = reinterpret_cast<const std::int8_t*>(data);
    return controller_.takes(codes) ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

tlm::tlm_sync_enum DacBank::nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                            sc_core::sc_time&)
{
    if (phase != tlm::BEGIN_REQ) {
        sc_assert(phase == tlm::END_RESP);
        if (responses_.end(trans)) { wake(); }
        return tlm::TLM_COMPLETED;
    }
    const auto status = check(trans);
    if (status != tlm::TLM_OK_RESPONSE) {
        trans.set_response_status(status);
        return tlm::TLM_COMPLETED;
    }
    sc_assert(waiting_ == nullptr);
    trans.acquire();
    waiting_ = &trans;
    wake_on_edge();
    return tlm::TLM_ACCEPTED;
}

void DacBank::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay)
{
    const auto status = check(trans);
    trans.set_response_status(status);
    if (status != tlm::TLM_OK_RESPONSE) { return; }
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
    while (!edges_.on_edge() || !has_room()) {  // a reset may make room between edges
        if (!edges_.on_edge()) {
            sc_core::wait(edges_.until(edges_.now()));
        } else if (door_rests()) {
            sc_core::wait(edges_.until(last_in_ + 1));
        } else {
            sc_core::wait(room_);
        }
    }
    offer(controller_.new_token(trans.get_data_ptr(), trans.get_data_length()));
}

void DacBank::step()
{
    responses_.send();
    // releases: reads that ended
    while (MvmToken* token = pulses.poll_freed()) {
        [[maybe_unused]] const MvmToken* oldest = sim::pop_front(slots_);
        sc_assert(oldest == token);
        --started_;
        if (token->source != nullptr) {
            responses_.answer(*token->source, tlm::TLM_OK_RESPONSE);
            token->source = nullptr;
        }
        room_.notify(sc_core::SC_ZERO_TIME);
        controller_.on_input_room();
    }
    pulses.poll_taken();  // S_k: the array keeps the time
    // a vector at the door
    if (waiting_ != nullptr && edges_.on_edge()) {
        if (may_accept()) {
            tlm::tlm_generic_payload& trans = *waiting_;
            waiting_ = nullptr;
            accept(&trans, controller_.new_token(trans.get_data_ptr(), trans.get_data_length()));
            tlm::tlm_phase phase = tlm::END_REQ;
            sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
            x_tsock->nb_transport_bw(trans, phase, delay);
            room_.notify(sc_core::SC_ZERO_TIME);  // the door is free; a slot may be, too
        } else if (has_slot()) {                  // else the end of a read wakes this process
            wake_at(last_in_ + 1);
        }
    }
    // offers: the oldest vector that has not been read yet
    if (!pulses.offering() && started_ < slots_.size()) {
        MvmToken& token = *slots_[started_++];
        pulses.offer(token, token.record.values.x.data(), token.record.values.x.size());
    }
}

void DacBank::reset()
{
    for (MvmToken* token : slots_) {
        if (token->source != nullptr) {
            responses_.answer(*token->source, tlm::TLM_GENERIC_ERROR_RESPONSE);
            token->source = nullptr;
        }
    }
    slots_.clear();
    started_ = 0;
    any_yet_ = false;
    pulses.reset();
    room_.notify(sc_core::SC_ZERO_TIME);
    wake_on_edge();  // a vector that still waits at the door is taken afterwards
}

}  // namespace aimc::tile
