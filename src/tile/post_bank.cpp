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
    if (may_start()) { start(*counts.offered()); }
}

bool PostBank::may_start() const
{
    const auto slots = static_cast<std::size_t>(controller_.config().controller.output_slots);
    const MvmToken* next = counts.offered();
    return next != nullptr && computing_ == nullptr && slots_reserved_ < slots &&
           (!next->awaits_words || words.offered() != nullptr);
}

void PostBank::start(MvmToken& token)
{
    ++slots_reserved_;
    computing_ = &token;
    token.record.times.post = edges_.now();
    if (token.awaits_words) {
        const MvmToken& came = *words.offered();
        token.record.values.residual = came.record.values.residual;
        token.words_edge = came.words_edge;
        words.take();
        words.release();
    }
    y_valid_ = edges_.now() + static_cast<std::uint64_t>(controller_.n_post(token));
    per_lane_.assign(per_lane_.size(), {});
    controller_.process(token, per_lane_);
    for (std::size_t l = 0; l < per_lane_.size(); ++l) { lane[l].counters.add(per_lane_[l]); }
    counts.take();
    wake_at(y_valid_);
}

void PostBank::reset()
{
    computing_ = nullptr;
    slots_reserved_ = 0;
    for (PostLane& l : lane) { l.counters = {}; }
    timer_.cancel();
    counts.reset();
    words.reset();
    results.reset();
}

}  // namespace aimc::tile
