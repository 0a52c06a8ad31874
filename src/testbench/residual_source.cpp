// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/residual_source.h"

#include <stdexcept>
#include <utility>

namespace aimc::testbench {

ResidualSource::ResidualSource(const sc_core::sc_module_name& name, const sc_core::sc_time& t_clk)
    : sc_module(name), edges_(t_clk)
{
    AIMC_HAS_PROCESS(ResidualSource);
    r_isock.register_nb_transport_bw(this, &ResidualSource::nb_transport_bw);
    SC_METHOD(step);
    sensitive << next_;
    dont_initialize();
}

void ResidualSource::queue(std::uint64_t edge, std::vector<std::int16_t> words)
{
    queue_.push_back({edge, std::move(words)});
    if (queue_.size() == 1) { next_.notify(sc_core::SC_ZERO_TIME); }
}

void ResidualSource::step()
{
    if (offering_ || queue_.empty()) { return; }
    Item& item = queue_.front();
    if (edges_.now() < item.edge) {
        next_.notify(edges_.until(item.edge));
        return;
    }
    tlm::tlm_generic_payload& trans =
        pool_.allocate(none_, reinterpret_cast<unsigned char*>(item.words.data()),
                       item.words.size() * sizeof item.words[0]);
    offering_ = true;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    [[maybe_unused]] const auto status = r_isock->nb_transport_fw(trans, phase, delay);
    sc_assert(status == tlm::TLM_ACCEPTED);  // the mode and the length were set before
}

void ResidualSource::on_stored()
{
    offering_ = false;
    ++stored_;
    in_the_tile_.push_back(std::move(queue_.front()));  // its words stay where they are
    queue_.pop_front();
    next_.notify(sc_core::SC_ZERO_TIME);
}

tlm::tlm_sync_enum ResidualSource::nb_transport_bw(tlm::tlm_generic_payload& trans,
                                                   tlm::tlm_phase& phase, sc_core::sc_time&)
{
    if (phase == tlm::END_REQ) {
        on_stored();
        return tlm::TLM_ACCEPTED;
    }
    in_the_tile_.pop_front();  // BEGIN_RESP: the post unit has them, in order
    trans.release();
    return tlm::TLM_COMPLETED;
}

void join(tile::Tile& from, ResidualSource& memory)
{
    const config::TileConfig& config = from.controller().config();
    if (config.nmpu.partial_bits > 16) {
        throw std::invalid_argument("a chain of row tiles: partial sums wider than 16 bits");
    }
    from.controller().set_post_observer([&config, &memory](const tile::MvmToken& token) {
        const auto& v = token.record.values;
        const int n_first = mvm::n_first_column_cycles(config, !v.residual.empty());
        std::vector<std::int16_t> words;
        words.reserve(v.partial.size());
        for (const std::int32_t sum : v.partial) {
            words.push_back(static_cast<std::int16_t>(sum));
        }
        memory.queue(token.record.times.post + static_cast<std::uint64_t>(n_first),
                     std::move(words));
    });
}

}  // namespace aimc::testbench
