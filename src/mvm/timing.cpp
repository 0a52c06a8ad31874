// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/timing.h"

#include "aimc/ldpu/timing.h"
#include "aimc/mvm/post.h"
#include "aimc/schemes/scheme.h"

#include <algorithm>
#include <stdexcept>

namespace aimc::mvm {
namespace {

/// The part of [from, to) that lies in the window. [cycles]
std::uint64_t overlap(std::uint64_t from, std::uint64_t to, std::uint64_t window_from,
                      std::uint64_t window_to)
{
    const std::uint64_t first = std::max(from, window_from);
    const std::uint64_t last = std::min(to, window_to);
    return last > first ? last - first : 0;
}

/// Cycles of one step of a read, and of a read beside its steps.
struct ReadLength {
    int per_step;
    int beside;
};
ReadLength read_length(const config::TileConfig& config)
{
    switch (config.kind) {
        case config::TileKind::analog:
            return {config.read.n_window + config.read.n_settle, config::n_overhead(config.read)};
        case config::TileKind::pim: return {schemes::n_step_cycles(config.pim), 0};
        case config::TileKind::digital_cim: break;
    }
    return {1, 0};
}

}  // namespace

int n_read_cycles(const config::TileConfig& config, int steps)
{
    const ReadLength length = read_length(config);
    return steps * length.per_step + length.beside;
}

std::uint64_t steps_in(const config::TileConfig& config, std::uint64_t n_read)
{
    const ReadLength length = read_length(config);
    return (n_read - static_cast<std::uint64_t>(length.beside)) /
           static_cast<std::uint64_t>(length.per_step);
}

int n_pipeline_cycles(const config::TileConfig& config)
{
    return config.kind == config::TileKind::digital_cim ? config.digital.n_pipeline : 0;
}

TimingRules timing_rules(const config::TileConfig& config, bool residual_in)
{
    return {n_post_cycles(config, residual_in), config.controller.double_buffered,
            config.controller.input_slots, config.controller.output_slots,
            n_pipeline_cycles(config)};
}

int n_first_column_cycles(const config::TileConfig& config, bool residual_in)
{
    if (config.post == config::PostUnit::nmpu) { return config.nmpu.n_fill + 1; }
    // all passes but the last over all columns, then one step of that
    const auto& l = config.ldpu;
    const int passes = l.passes + (residual_in ? l.residual_passes : 0);
    const auto cols = static_cast<int>(config.cols);
    return static_cast<int>(
               ldpu::n_ldpu_cycles(passes - 1, cols, l.lanes, l.n_initiation_interval, l.n_fill)) +
           l.n_initiation_interval;
}

Recurrence::Recurrence(const TimingRules& rules, config::Arrival arrival, config::SinkPattern sink)
    : rules_(rules), arrival_(std::move(arrival)), sink_(std::move(sink))
{
}

const MvmTimes* Recurrence::before(std::size_t steps) const
{
    return steps <= past_.size() ? &past_[steps - 1] : nullptr;
}

MvmTimes Recurrence::next(int n_read, std::uint64_t residual_ready)
{
    MvmTimes t;
    const auto f = static_cast<std::uint64_t>(rules_.n_pipeline);
    const MvmTimes* last = before(1);
    if (last != nullptr) {
        t.in = last->in + std::max<std::uint64_t>(arrival_.gap(k_), 1);
        t.start = last->counts - f;
    }
    if (const auto* p = before(static_cast<std::size_t>(rules_.input_slots))) {
        t.in = std::max(t.in, p->counts - f);
    }
    t.start = std::max(t.start, t.in);
    if (const auto* p = before(rules_.double_buffered ? 2 : 1)) {
        t.start = std::max({t.start, p->post, p->done - std::min(f, p->done)});
    }
    t.counts = t.start + static_cast<std::uint64_t>(n_read) + f;
    t.post = std::max(t.counts, residual_ready);
    if (last != nullptr) { t.post = std::max(t.post, last->done); }
    if (const auto* p = before(static_cast<std::size_t>(rules_.output_slots))) {
        t.post = std::max(t.post, p->out);
    }
    t.done = t.post + static_cast<std::uint64_t>(rules_.n_post);
    t.out = t.done;
    if (last != nullptr) { t.out = std::max(t.out, last->out + 1); }
    while (!sink_.ready[t.out % sink_.ready.size()]) { ++t.out; }

    past_.insert(past_.begin(), t);
    const auto reach =
        static_cast<std::size_t>(std::max({2, rules_.input_slots, rules_.output_slots}));
    if (past_.size() > reach) { past_.pop_back(); }
    ++k_;
    return t;
}

std::vector<ChainTile> chain_of(const config::TileConfig& config, std::size_t n_tiles,
                                bool residual_in)
{
    std::vector<ChainTile> tiles;
    for (std::size_t j = 0; j < n_tiles; ++j) {
        const bool adds = residual_in || j > 0;
        tiles.push_back({timing_rules(config, adds), n_first_column_cycles(config, adds)});
    }
    return tiles;
}

ChainRecurrence::ChainRecurrence(const std::vector<ChainTile>& tiles,
                                 const config::Arrival& arrival, const config::SinkPattern& sink)
    : tiles_(tiles)
{
    if (tiles.empty()) { throw std::invalid_argument("a chain of no tiles"); }
    for (std::size_t j = 0; j < tiles.size(); ++j) {
        const bool is_last = j + 1 == tiles.size();
        chain_.emplace_back(tiles[j].rules, arrival, is_last ? sink : config::SinkPattern{});
    }
}

std::vector<MvmTimes> ChainRecurrence::next(const std::vector<int>& n_reads)
{
    std::vector<MvmTimes> times;
    for (std::size_t j = 0; j < chain_.size(); ++j) {
        times.push_back(chain_[j].next(n_reads.at(j), residual_ready(j, times)));
    }
    return times;
}

std::uint64_t ChainRecurrence::residual_ready(std::size_t j,
                                              const std::vector<MvmTimes>& times) const
{
    if (j == 0) { return 0; }
    return times.at(j - 1).post + static_cast<std::uint64_t>(tiles_[j - 1].n_first_column);
}

void StateAccount::add(const MvmTimes& t, std::uint64_t residual_ready)
{
    // Between the last read and this one: first no vector, then no counter bank.
    const std::uint64_t idle_from = recent_.empty() ? t.in : last_end_;
    const std::uint64_t vector_there = std::max(idle_from, t.in);
    states_.input_starved += vector_there - idle_from;
    std::uint64_t blocked = 0;
    for (const Blocked& b : recent_) { blocked += overlap(b.from, b.to, vector_there, t.start); }
    states_.output_blocked += blocked;
    states_.post_busy += (t.start - vector_there) - blocked;
    last_end_ = t.counts - n_pipeline_;
    states_.reading += last_end_ - t.start;
    recent_.insert(recent_.begin(), {std::max({t.counts, last_done_, residual_ready}), t.post});
    last_done_ = t.done;
    last_out_ = t.out;
    if (recent_.size() > 3) { recent_.pop_back(); }  // a bank is two vectors old at most
}

StateCycles StateAccount::finish() const
{
    StateCycles all = states_;
    all.drain = last_out_ - last_end_;
    return all;
}

}  // namespace aimc::mvm
