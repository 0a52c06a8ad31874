// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/post_bank.h"

namespace aimc::tile {

PostBank::PostBank(const sc_core::sc_module_name& name, Controller& controller,
                   const sc_core::sc_time& t_clk)
    : Stage(name, t_clk),
      lane("lane", static_cast<std::size_t>(controller.lanes())),
      controller_(controller),
      per_lane_(lane.size())
{
}

void PostBank::step()
{
    while (results.poll_freed() != nullptr) { --slots_reserved_; }
    results.poll_taken();
    if (computing_ != nullptr && edges_.now() >= y_valid_) {
        MvmToken& token = *computing_;
        computing_ = nullptr;
        token.record.times.done = edges_.now();
        counts.release();
        // The slot was reserved at H_k, so the buffer takes it at this edge.
        auto& out = leaving(token);
        results.offer(token, out.data(), out.size() * sizeof out[0]);
    }
    const auto slots = static_cast<std::size_t>(controller_.config().controller.output_slots);
    if (MvmToken* next = counts.offered();
        next != nullptr && computing_ == nullptr && slots_reserved_ < slots) {
        ++slots_reserved_;
        computing_ = next;
        next->record.times.post = edges_.now();
        y_valid_ = edges_.now() + static_cast<std::uint64_t>(controller_.n_post(*next));
        per_lane_.assign(per_lane_.size(), {});
        controller_.process(*next, per_lane_);
        for (std::size_t l = 0; l < per_lane_.size(); ++l) { lane[l].counters.add(per_lane_[l]); }
        counts.take();
        wake_at(y_valid_);
    }
}

void PostBank::reset()
{
    computing_ = nullptr;
    slots_reserved_ = 0;
    for (PostLane& l : lane) { l.counters = {}; }
    timer_.cancel();
    counts.reset();
    results.reset();
}

}  // namespace aimc::tile
