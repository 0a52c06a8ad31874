// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/vector_source.h"

#include <algorithm>
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
    n_bytes_ = job.inputs.cols();
    if (with_residuals()) { n_bytes_ = tile::residual_at(n_bytes_) + 2 * job.residuals.cols(); }
    stop_ = std::move(stop);
    taken_ = 0;
    done_ = false;
    next_.notify(sc_core::SC_ZERO_TIME);
}

/// The bytes of vector k as the door takes them: x, with the residual words beside it if they come
/// together. They stay where they are until the response.
std::uint8_t* VectorSource::bytes_of(std::size_t k)
{
    if (free_.empty()) { free_.push_back(&buffers_.emplace_back()); }
    free_.back()->resize(n_bytes_);
    std::uint8_t* const bytes = free_.back()->data();
    free_.pop_back();
    const std::int8_t* const x = job_->inputs.block(k, 1, made_);
    std::memcpy(bytes, x, job_->inputs.cols());
    if (with_residuals()) {
        std::memcpy(bytes + tile::residual_at(job_->inputs.cols()), job_->residuals.row(k),
                    2 * job_->residuals.cols());
    }
    return bytes;
}

bool VectorSource::with_residuals() const
{
    return job_->words.residual_in && !job_->by_residual_port();
}

tlm::tlm_generic_payload& VectorSource::payload(std::size_t k)
{
    return pool_.allocate(none_, bytes_of(k), n_bytes_);
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
    // BEGIN_RESP: the read is over, the place of its vector free
    const auto is_of = [&](const auto& buffer) { return buffer.data() == trans.get_data_ptr(); };
    free_.push_back(&*std::find_if(buffers_.begin(), buffers_.end(), is_of));
    trans.release();
    return tlm::TLM_COMPLETED;
}

}  // namespace aimc::testbench
