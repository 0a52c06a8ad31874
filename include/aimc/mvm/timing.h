// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/config/workload.h"
#include "aimc/mvm/record.h"

#include <cstdint>
#include <deque>

namespace aimc::mvm {

/// Cycles of a whole read (A): phases * (window + settle) + overhead after the last phase.
/// Derived: 133 one-phase and 521 four-phase from the TOPS of LeGallo23; Choice: where the overhead
/// sits.
int n_read_cycles(const config::ReadConfig& read, int phases);

/// The phases of a read that took `n_read` cycles: n_read_cycles the other way round.
std::uint64_t phases_in(const config::ReadConfig& read, std::uint64_t n_read);

int n_first_column_cycles(const config::TileConfig& config, bool residual_in);
/// What the recurrence needs to know of a tile.
struct TimingRules {
    int n_post = 7;               ///< N [cycles]
    bool double_buffered = true;  ///< two counter banks instead of one
    int input_slots = 1;          ///< B: vectors taken and not yet read to the end
    int output_slots = 2;         ///< D: vectors between post unit and sink
};
/// @param residual_in  whether residuals come with the vectors
TimingRules timing_rules(const config::TileConfig& config, bool residual_in = false);

/// The closed form of the tile's timing; the cycle engine must equal it.
///
///   in_k = max(offer_k, in_(k-1) + 1, C_(k-B))       offer_k = in_(k-1) + gap_k
///   S_k  = max(in_k, C_(k-1), double_buffered ? Y_(k-2) : Y_(k-1))     C_k = S_k + A_k
///   H_k  = max(C_k, Y_(k-1), O_(k-D))                                  Y_k = H_k + N
///   O_k  = first edge >= max(Y_k, O_(k-1) + 1) at which the sink is ready
///
/// Choice: an input slot is held from in_k to the end of the read C_k (the pulse generators compare
/// against it all through the window), and the door passes at most one vector per edge.
class Recurrence {
public:
    Recurrence(const TimingRules& rules, config::Arrival arrival, config::SinkPattern sink);

    /// Times of the next vector. @param n_read  its A [cycles]
    MvmTimes next(int n_read, std::uint64_t residual_ready = 0);

private:
    const MvmTimes* before(std::size_t steps) const;
    TimingRules rules_;
    config::Arrival arrival_;
    config::SinkPattern sink_;
    std::uint64_t k_ = 0;
    std::deque<MvmTimes> past_;  ///< newest first, as many as the rules look back
};

/// The five states of the array; their cycles sum to O_last - in_0.
struct StateCycles {
    std::uint64_t reading = 0;
    std::uint64_t input_starved = 0;   ///< no vector
    std::uint64_t post_busy = 0;       ///< no free counter bank, post unit computing
    std::uint64_t output_blocked = 0;  ///< no free counter bank, post unit waits for an output slot
    std::uint64_t drain = 0;           ///< after the last read
    std::uint64_t sum() const
    {
        return reading + input_starved + post_busy + output_blocked + drain;
    }
};

/// Books every cycle of a run to one state, from the records in order.
class StateAccount {
public:
    void add(const MvmTimes& times);
    StateCycles finish() const;  ///< with the drain of the vectors so far

private:
    StateCycles states_;
    std::uint64_t last_counts_ = 0;
    std::uint64_t last_out_ = 0;
    std::deque<MvmTimes> recent_;  ///< newest first
};

}  // namespace aimc::mvm
