// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/adc_bank.h"

#include "aimc/sim/fifo.h"

#include <algorithm>
#include <string>

namespace aimc::tile {

AdcBank::AdcBank(const sc_core::sc_module_name& name, Controller& controller,
                 const sc_core::sc_time& t_clk)
    : Stage(name, t_clk),
      controller_(controller),
      n_pipeline_(static_cast<std::uint64_t>(mvm::n_pipeline_cycles(controller.config())))
{
}

void AdcBank::free_banks()
{
    while (counts.poll_freed() != nullptr) {  // Y_k
        if (n_pipeline_ == 0) { --banks_used_; }
        currents.release();
    }
    const MvmToken* taken = counts.poll_taken();  // H_k
    if (taken != nullptr && n_pipeline_ > 0) {
        const auto n_post = static_cast<std::uint64_t>(controller_.n_post(*taken));
        bank_free_.push_back(edges_.now() + n_post - std::min(n_pipeline_, n_post));
    }
    while (!bank_free_.empty() && edges_.now() >= bank_free_.front()) {
        sim::pop_front(bank_free_);
        --banks_used_;
    }
}

void AdcBank::finish_conversions()
{
    while (!converting_.empty() && edges_.now() >= converting_.front().counts_valid) {
        MvmToken& token = *sim::pop_front(converting_).token;
        token.record.times.counts = edges_.now();
        controller_.convert(token);
        ready_.push_back(&token);
    }
}

/// An event keeps the earliest of its notifications only.
void AdcBank::wake_at_next()
{
    if (converting_.empty() && bank_free_.empty()) { return; }
    std::uint64_t next =
        converting_.empty() ? bank_free_.front() : converting_.front().counts_valid;
    if (!bank_free_.empty()) { next = std::min(next, bank_free_.front()); }
    wake_at(next);
}

void AdcBank::step()
{
    free_banks();
    finish_conversions();
    const std::size_t banks = controller_.config().controller.double_buffered ? 2 : 1;
    if (MvmToken* next = currents.offered(); next != nullptr && banks_used_ < banks) {
        ++banks_used_;
        const auto n_read = static_cast<std::uint64_t>(next->n_read);
        converting_.push_back({next, edges_.now() + n_read + n_pipeline_});
        currents.take();
    }
    wake_at_next();
    if (!ready_.empty() && !counts.offering()) {
        MvmToken& token = *sim::pop_front(ready_);
        auto& c_p = token.record.values.c_p;
        counts.offer(token, c_p.data(), c_p.size() * sizeof c_p[0]);
        sim::debug_report("/aimc/tile/adc_bank", [&] {
            return "counts of MVM " + std::to_string(token.record.mvm) + " offered";
        });
    }
}

void AdcBank::reset()
{
    converting_.clear();
    bank_free_.clear();
    banks_used_ = 0;
    ready_.clear();
    timer_.cancel();
    currents.reset();
    counts.reset();
}

}  // namespace aimc::tile
