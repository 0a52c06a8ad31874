// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/crossbar_array.h"

#include <string>

namespace aimc::tile {

CrossbarArray::CrossbarArray(const sc_core::sc_module_name& name, Controller& controller,
                             const sc_core::sc_time& t_clk)
    : Stage(name, t_clk), controller_(controller)
{
}

void CrossbarArray::step()
{
    while (currents.poll_freed() != nullptr) {}  // the counter bank is the converters' business
    if (reading_ != nullptr && edges_.now() >= read_ends_) {
        reading_ = nullptr;
        pulses.release();
    }
    if (MvmToken* token = currents.poll_taken()) {
        reading_ = token;
        token->record.times.start = edges_.now();
        read_ends_ = edges_.now() + static_cast<std::uint64_t>(token->n_read);
        controller_.start_read(*token);
        pulses.take();
        wake_at(read_ends_);
        sim::debug_report("/aimc/tile/crossbar", [&] {
            return "read of MVM " + std::to_string(token->record.mvm) + " starts";
        });
    }
    MvmToken* next = pulses.offered();
    if (next != nullptr && reading_ == nullptr && !currents.offering()) {
        controller_.prepare_read(*next);
        // as every payload's, its pointer is not const; nobody writes
        auto* phases = const_cast<crossbar::Phase*>(next->phases.begin());
        currents.offer(*next, phases, next->phases.size() * sizeof *phases);
    }
}

void CrossbarArray::reset()
{
    reading_ = nullptr;
    timer_.cancel();
    pulses.reset();
    currents.reset();
}

}  // namespace aimc::tile
