// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/vector_source.h"

#include <cstring>

namespace aimc::testbench {

VectorSource::VectorSource(const sc_core::sc_module_name& name, const sc_core::sc_time& t_clk)
    : sc_module(name), edges_(t_clk)
{
    AIMC_HAS_PROCESS(VectorSource);
    x_isock.register_nb_transport_bw(this, &VectorSource::nb_transport_bw);
    SC_METHOD(step);
    sensitive << next_;
    dont_initialize();
}

void VectorSource::start(const mvm::Job& job, std::function<bool()> stop)
{
    job_ = &job;
    pack();
    stop_ = std::move(stop);
    taken_ = 0;
    done_ = false;
    next_.notify(sc_core::SC_ZERO_TIME);
}

/// x and residual words side by side, as the door takes them.
void VectorSource::pack()
{
    packed_ = {};
    if (!job_->words.residual_in || job_->by_residual_port()) { return; }
    const auto& x = job_->inputs;
    const auto& residuals = job_->residuals;
    const std::size_t at = tile::residual_at(x.cols());
    packed_ = Matrix<std::uint8_t>(x.rows(), at + 2 * residuals.cols());
    for (std::size_t k = 0; k < x.rows(); ++k) {
        std::memcpy(packed_.row(k), x.row(k), x.cols());
        std::memcpy(packed_.row(k) + at, residuals.row(k), 2 * residuals.cols());
    }
}

tlm::tlm_generic_payload& VectorSource::payload(std::size_t k)
{
    if (!packed_.empty()) { return pool_.allocate(none_, packed_.row(k), packed_.cols()); }
    // The payload's pointer is not const, but a target of a write does not change the data.
    auto* x = const_cast<std::int8_t*>(job_->inputs.row(k));
    return pool_.allocate(none_, reinterpret_cast<unsigned char*>(x), job_->inputs.cols());
}

void VectorSource::step()
{
    if (done_ || offering_) { return; }
    if (taken_ == job_->inputs.rows() || stop_()) {
        done_ = true;
        done_event_.notify(sc_core::SC_ZERO_TIME);
        return;
    }
    tlm::tlm_generic_payload& trans = payload(taken_);
    offering_ = true;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    [[maybe_unused]] const auto status = x_isock->nb_transport_fw(trans, phase, delay);
    sc_assert(status == tlm::TLM_ACCEPTED);  // the tile answers later; codes were checked before
}

void VectorSource::on_taken()
{
    if (!offering_) { return; }
    offering_ = false;
    ++taken_;
    const std::uint32_t gap = job_->arrival.gap(taken_);
    if (gap == 0) {
        next_.notify(sc_core::SC_ZERO_TIME);
    } else {
        next_.notify(gap * edges_.t_clk());
    }
}

tlm::tlm_sync_enum VectorSource::nb_transport_bw(tlm::tlm_generic_payload& trans,
                                                 tlm::tlm_phase& phase, sc_core::sc_time&)
{
    if (phase == tlm::END_REQ) {
        on_taken();
        return tlm::TLM_ACCEPTED;
    }
    trans.release();  // BEGIN_RESP: the read is over
    return tlm::TLM_COMPLETED;
}

}  // namespace aimc::testbench
