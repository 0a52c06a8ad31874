// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/timing.h"

#include "aimc/mvm/post.h"

#include <algorithm>

namespace aimc::mvm {

int n_read_cycles(const config::ReadConfig& read, int phases)
{
    return phases * (read.n_window + read.n_settle) + config::n_overhead(read);
}

std::uint64_t phases_in(const config::ReadConfig& read, std::uint64_t n_read)
{
    return (n_read - static_cast<std::uint64_t>(config::n_overhead(read))) /
           static_cast<std::uint64_t>(read.n_window + read.n_settle);
}

TimingRules timing_rules(const config::TileConfig& config, bool residual_in)
{
    return {n_post_cycles(config, residual_in), config.controller.double_buffered,
            config.controller.input_slots, config.controller.output_slots};
}

Recurrence::Recurrence(const TimingRules& rules, config::Arrival arrival, config::SinkPattern sink)
    : rules_(rules), arrival_(std::move(arrival)), sink_(std::move(sink))
{
}

const MvmTimes* Recurrence::before(std::size_t steps) const
{
    return steps <= past_.size() ? &past_[steps - 1] : nullptr;
}

MvmTimes Recurrence::next(int n_read, std::uint64_t)
{
    MvmTimes t;
    const MvmTimes* last = before(1);
    if (last != nullptr) {
        t.in = last->in + std::max<std::uint64_t>(arrival_.gap(k_), 1);
        t.start = last->counts;
    }
    if (const auto* p = before(static_cast<std::size_t>(rules_.input_slots))) {
        t.in = std::max(t.in, p->counts);
    }
    t.start = std::max(t.start, t.in);
    if (const auto* p = before(rules_.double_buffered ? 2 : 1)) {
        t.start = std::max(t.start, p->done);
    }
    t.counts = t.start + static_cast<std::uint64_t>(n_read);
    t.post = t.counts;
    if (last != nullptr) { t.post = std::max(t.post, last->done); }
    if (const auto* p = before(static_cast<std::size_t>(rules_.output_slots))) {
        t.post = std::max(t.post, p->out);
    }
    t.done = t.post + static_cast<std::uint64_t>(rules_.n_post);
    t.out = t.done;
    if (last != nullptr) { t.out = std::max(t.out, last->out + 1); }
    while (!sink_.ready[t.out % sink_.ready.size()]) { ++t.out; }

    past_.push_front(t);
    const auto reach =
        static_cast<std::size_t>(std::max({2, rules_.input_slots, rules_.output_slots}));
    if (past_.size() > reach) { past_.pop_back(); }
    ++k_;
    return t;
}

void StateAccount::add(const MvmTimes& t)
{
    // Between the last read and this one: first no vector, then no counter bank.
    const std::uint64_t idle_from = recent_.empty() ? t.in : last_counts_;
    const std::uint64_t vector_there = std::max(idle_from, t.in);
    states_.input_starved += vector_there - idle_from;
    std::uint64_t computing = 0;
    for (const MvmTimes& r : recent_) {
        const std::uint64_t from = std::max(r.post, vector_there);
        const std::uint64_t to = std::min(r.done, t.start);
        computing += to > from ? to - from : 0;
    }
    states_.post_busy += computing;
    states_.output_blocked += (t.start - vector_there) - computing;
    states_.reading += t.counts - t.start;
    last_counts_ = t.counts;
    last_out_ = t.out;
    recent_.push_front(t);
    if (recent_.size() > 3) { recent_.pop_back(); }  // a bank is two vectors old at most
}

StateCycles StateAccount::finish() const
{
    StateCycles all = states_;
    all.drain = last_out_ - last_counts_;
    return all;
}

}  // namespace aimc::mvm
namespace aimc::mvm { int n_first_column_cycles(const config::TileConfig& c, bool) { return c.nmpu.n_fill + 1; } }
