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

void VectorSource::pack()
{
    const std::size_t rows = job_->inputs.cols();
    const std::size_t at = tile::residual_at(rows);
    const std::size_t extra = job_->words.residual_in ? at - rows + 2 * job_->residuals.cols() : 0;
    vectors_ = Matrix<std::uint8_t>(job_->inputs.rows(), rows + extra);
    for (std::size_t k = 0; k < vectors_.rows(); ++k) {
        std::memcpy(vectors_.row(k), job_->inputs.row(k), rows);
        if (extra > 0) {
            std::memcpy(vectors_.row(k) + at, job_->residuals.row(k), 2 * job_->residuals.cols());
        }
    }
}

void VectorSource::step()
{
    if (done_ || offering_) { return; }
    if (taken_ == job_->inputs.rows() || stop_()) {
        done_ = true;
        done_event_.notify(sc_core::SC_ZERO_TIME);
        return;
    }
    tlm::tlm_generic_payload& trans = pool_.allocate(none_, vectors_.row(taken_), vectors_.cols());
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
