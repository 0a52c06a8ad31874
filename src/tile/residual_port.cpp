// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/residual_port.h"

#include "aimc/sim/fifo.h"

#include <cstring>

namespace aimc::tile {

ResidualPort::ResidualPort(const sc_core::sc_module_name& name, Controller& controller,
                           const sc_core::sc_time& t_clk)
    : Stage(name, t_clk),
      controller_(controller),
      responses_([this](auto& trans, auto& phase, auto& delay) {
          return r_tsock->nb_transport_bw(trans, phase, delay);
      })
{
    r_tsock.register_b_transport(this, &ResidualPort::b_transport);
    r_tsock.register_nb_transport_fw(this, &ResidualPort::nb_transport_fw);
}

bool ResidualPort::has_room() const { return !controller_.in_reset() && slots_.size() < n_slots; }

tlm::tlm_response_status ResidualPort::check(const tlm::tlm_generic_payload& trans) const
{
    if (trans.get_command() != tlm::TLM_WRITE_COMMAND) { return tlm::TLM_COMMAND_ERROR_RESPONSE; }
    if (trans.get_address() != 0) { return tlm::TLM_ADDRESS_ERROR_RESPONSE; }
    if (trans.get_byte_enable_ptr() != nullptr) { return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE; }
    const std::size_t bytes = 2 * controller_.cols();
    if (trans.get_data_length() != bytes || trans.get_streaming_width() < bytes) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    return controller_.expects_words(slots_.size()) ? tlm::TLM_OK_RESPONSE
                                                    : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

tlm::tlm_sync_enum ResidualPort::nb_transport_fw(tlm::tlm_generic_payload& trans,
                                                 tlm::tlm_phase& phase, sc_core::sc_time&)
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

void ResidualPort::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay)
{
    const auto status = check(trans);
    trans.set_response_status(status);
    if (status != tlm::TLM_OK_RESPONSE) { return; }
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
    while (!edges_.on_edge() || waiting_ != nullptr || !has_room()) {
        if (!edges_.on_edge()) {
            sc_core::wait(edges_.until(edges_.now()));
        } else {
            sc_core::wait(room_);
        }
    }
    store(nullptr, trans.get_data_ptr());
    wake();
}

void ResidualPort::store(tlm::tlm_generic_payload* source, const unsigned char* data)
{
    MvmToken& token = pool_.take();
    token.source = source;
    token.words_edge = edges_.now();
    auto& residual = token.record.values.residual;
    residual.resize(controller_.cols());
    std::memcpy(residual.data(), data, 2 * residual.size());
    slots_.push_back(&token);
}

void ResidualPort::step()
{
    responses_.send();
    // releases: words that the post unit has taken
    while (MvmToken* token = words.poll_freed()) {
        [[maybe_unused]] const MvmToken* oldest = sim::pop_front(slots_);
        sc_assert(oldest == token);
        --started_;
        if (token->source != nullptr) { responses_.answer(*token->source, tlm::TLM_OK_RESPONSE); }
        pool_.give_back(*token);
        room_.notify(sc_core::SC_ZERO_TIME);
    }
    words.poll_taken();
    // words at the door
    if (waiting_ != nullptr && edges_.on_edge() && has_room()) {
        tlm::tlm_generic_payload& trans = *waiting_;
        waiting_ = nullptr;
        store(&trans, trans.get_data_ptr());
        tlm::tlm_phase phase = tlm::END_REQ;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        r_tsock->nb_transport_bw(trans, phase, delay);
        room_.notify(sc_core::SC_ZERO_TIME);
    }
    // offers: the oldest words
    if (!words.offering() && started_ < slots_.size()) {
        MvmToken& token = *slots_[started_++];
        auto& residual = token.record.values.residual;
        words.offer(token, residual.data(), residual.size() * sizeof residual[0]);
    }
}

void ResidualPort::reset()
{
    for (MvmToken* token : slots_) {
        if (token->source != nullptr) {
            responses_.answer(*token->source, tlm::TLM_GENERIC_ERROR_RESPONSE);
        }
        pool_.give_back(*token);
    }
    slots_.clear();
    started_ = 0;
    words.reset();
    room_.notify(sc_core::SC_ZERO_TIME);
    wake_on_edge();  // words that still wait at the door are stored afterwards
}

}  // namespace aimc::tile
