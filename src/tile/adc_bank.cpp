// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/adc_bank.h"

#include "aimc/sim/fifo.h"

#include <string>

namespace aimc::tile {

AdcBank::AdcBank(const sc_core::sc_module_name& name, Controller& controller,
                 const sc_core::sc_time& t_clk)
    : Stage(name, t_clk), controller_(controller)
{
}

void AdcBank::step()
{
    while (counts.poll_freed() != nullptr) {
        --banks_used_;
        currents.release();
    }
    counts.poll_taken();
    if (integrating_ != nullptr && edges_.now() >= counts_valid_) {
        integrating_->record.times.counts = edges_.now();
        controller_.convert(*integrating_);
        ready_.push_back(integrating_);
        integrating_ = nullptr;
    }
    const std::size_t banks = controller_.config().controller.double_buffered ? 2 : 1;
    if (MvmToken* next = currents.offered();
        next != nullptr && integrating_ == nullptr && banks_used_ < banks) {
        ++banks_used_;
        integrating_ = next;
        counts_valid_ = edges_.now() + static_cast<std::uint64_t>(next->n_read);
        currents.take();
        wake_at(counts_valid_);
    }
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
    integrating_ = nullptr;
    banks_used_ = 0;
    ready_.clear();
    timer_.cancel();
    currents.reset();
    counts.reset();
}

}  // namespace aimc::tile
