// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/vector_sink.h"

namespace aimc::testbench {

VectorSink::VectorSink(const sc_core::sc_module_name& name, const sc_core::sc_time& t_clk)
    : sc_module(name), edges_(t_clk)
{
    AIMC_HAS_PROCESS(VectorSink);
    y_tsock.register_nb_transport_fw(this, &VectorSink::nb_transport_fw);
    SC_METHOD(step);
    sensitive << next_;
    dont_initialize();
}

void VectorSink::start(const config::SinkPattern& pattern, std::uint64_t epoch,
                       std::function<void(const std::int32_t*, std::size_t)> on_vector)
{
    pattern_ = pattern;
    epoch_ = epoch;
    on_vector_ = std::move(on_vector);
}

void VectorSink::step()
{
    const auto n = pattern_.ready.size();
    std::uint64_t cycle = edges_.now() - epoch_;
    if (!pattern_.ready[cycle % n]) {
        while (!pattern_.ready[cycle % n]) { ++cycle; }
        next_.notify(edges_.until(epoch_ + cycle));
        return;
    }
    tlm::tlm_generic_payload& trans = *waiting_;
    waiting_ = nullptr;
    if (on_vector_) {
        on_vector_(reinterpret_cast<const std::int32_t*>(trans.get_data_ptr()),
                   trans.get_data_length() / sizeof(std::int32_t));
    }
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    y_tsock->nb_transport_bw(trans, phase, delay);
    phase = tlm::BEGIN_RESP;
    y_tsock->nb_transport_bw(trans, phase, delay);
    trans.release();
}

tlm::tlm_sync_enum VectorSink::nb_transport_fw(tlm::tlm_generic_payload& trans,
                                               tlm::tlm_phase& phase, sc_core::sc_time&)
{
    if (phase != tlm::BEGIN_REQ) { return tlm::TLM_COMPLETED; }  // END_RESP
    sc_assert(waiting_ == nullptr);
    trans.acquire();
    waiting_ = &trans;
    next_.notify(sc_core::SC_ZERO_TIME);
    return tlm::TLM_ACCEPTED;
}

}  // namespace aimc::testbench
