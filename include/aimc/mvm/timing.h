// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/config/workload.h"
#include "aimc/mvm/record.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::mvm {

/// Cycles of a whole read (A): phases * (window + settle) + overhead after the last phase.
/// Derived: 133 one-phase and 521 four-phase from the TOPS of LeGallo23; Choice: where the overhead
/// sits.
int n_read_cycles(const config::ReadConfig& read, int phases);

/// The phases of a read that took `n_read` cycles: n_read_cycles the other way round.
std::uint64_t phases_in(const config::ReadConfig& read, std::uint64_t n_read);

/// What the recurrence needs to know of a tile.
struct TimingRules {
    int n_post = 7;               ///< N [cycles]
    bool double_buffered = true;  ///< two counter banks instead of one
    int input_slots = 1;          ///< B: vectors taken and not yet read to the end
    int output_slots = 2;         ///< D: vectors between post unit and sink
};
/// @param residual_in  whether residual words are added, wherever they come from
TimingRules timing_rules(const config::TileConfig& config, bool residual_in = false);

/// Cycles from H_k until the first column of the partial sum is ready; the others follow at the
/// rate at which the next row tile needs them.
///   NMPU  n_fill + 1: a column per lane and clock after the fill.
///   LDPU  (passes - 1) * ceil(cols / lanes) * II + II + fill: every pass goes over all columns, so
///         the first result comes with the first step of the last pass. Residual passes count.
/// Choice: both; no source says when a partial sum may leave.
int n_first_column_cycles(const config::TileConfig& config, bool residual_in = false);

/// The closed form of the tile's timing; the cycle engine must equal it.
///
///   in_k = max(offer_k, in_(k-1) + 1, C_(k-B))       offer_k = in_(k-1) + gap_k
///   S_k  = max(in_k, C_(k-1), double_buffered ? Y_(k-2) : Y_(k-1))     C_k = S_k + A_k
///   H_k  = max(C_k, Y_(k-1), O_(k-D), R_k)                             Y_k = H_k + N
///   O_k  = first edge >= max(Y_k, O_(k-1) + 1) at which the sink is ready
///
/// Choice: an input slot is held from in_k to the end of the read C_k (the pulse generators compare
/// against it all through the window), and the door passes at most one vector per edge.
///
/// R_k is the edge at which the first column of vector k's residual words is at the residual port.
/// Choice: words that come early wait in the tile's residual memory and hold up nobody.
class Recurrence {
public:
    Recurrence(const TimingRules& rules, config::Arrival arrival, config::SinkPattern sink);

    /// Times of the next vector.
    /// @param n_read          its A [cycles]
    /// @param residual_ready  its R [edge, from in_0]; 0: no residual words, or they come with x
    MvmTimes next(int n_read, std::uint64_t residual_ready = 0);

private:
    const MvmTimes* before(std::size_t steps) const;
    TimingRules rules_;
    config::Arrival arrival_;
    config::SinkPattern sink_;
    std::uint64_t k_ = 0;
    std::vector<MvmTimes> past_;  ///< newest first, as many as the rules look back
};

/// One row tile of a chain.
struct ChainTile {
    TimingRules rules;
    int n_first_column = 4;  ///< n_first_column_cycles of it
};
/// K equal row tiles. @param residual_in  whether residual words come with x to the first one
std::vector<ChainTile> chain_of(const config::TileConfig& config, std::size_t n_tiles,
                                bool residual_in = false);

/// The closed form of a chain of row tiles: a layer of more rows than one tile has. Each tile adds
/// the partial sum of the one before it; the last one hands over y.
///
///   R_k of tile j+1 = H_k of tile j + its n_first_column
///
/// Choice: each tile fetches its slices of x by itself, vector k `gap` cycles after vector k-1, all
/// from cycle 0 on: the same edges on all tiles unless one has no room. Partial sums go straight
/// into the residual memory of the next tile, which has room for them (an output slot is held until
/// Y_k), so that tile j never waits for tile j+1. Only the last tile sees the sink.
class ChainRecurrence {
public:
    /// @param tiles  in the order of the chain, at least one
    ChainRecurrence(const std::vector<ChainTile>& tiles, const config::Arrival& arrival,
                    const config::SinkPattern& sink);

    std::size_t n_tiles() const { return chain_.size(); }
    /// Times of the next vector on every tile. [n_tiles] Cycle 0 is in_0, the same for all.
    /// @param n_reads  [n_tiles] A of its slice on each tile [cycles]
    std::vector<MvmTimes> next(const std::vector<int>& n_reads);
    /// R of tile `j` for a vector with these times: what Job::residual_ready takes. 0 for the
    /// first. @param times  [n_tiles] as next() gave them
    std::uint64_t residual_ready(std::size_t j, const std::vector<MvmTimes>& times) const;

private:
    std::vector<ChainTile> tiles_;
    std::vector<Recurrence> chain_;
};

/// The five states of the array; their cycles sum to O_last - in_0.
struct StateCycles {
    std::uint64_t reading = 0;
    std::uint64_t input_starved = 0;  ///< no vector
    /// No free counter bank; the post unit is computing, or it waits for residual words.
    std::uint64_t post_busy = 0;
    std::uint64_t output_blocked = 0;  ///< no free counter bank, post unit waits for an output slot
    std::uint64_t drain = 0;           ///< after the last read
    std::uint64_t sum() const
    {
        return reading + input_starved + post_busy + output_blocked + drain;
    }
};

/// Books every cycle of a run to one state, from the records in order.
/// Choice: a wait for residual words (the partial sum of the tile before) is the post unit's, so it
/// is post_busy, also while an output slot is missing as well.
class StateAccount {
public:
    /// @param residual_ready  R as Recurrence::next takes it
    void add(const MvmTimes& times, std::uint64_t residual_ready = 0);
    StateCycles finish() const;  ///< with the drain of the vectors so far

private:
    /// When the post unit was busy with one vector: it waited for words, then it computed.
    struct PostWork {
        std::uint64_t wait_from, wait_to;
        std::uint64_t post, done;
    };
    StateCycles states_;
    std::uint64_t last_counts_ = 0;
    std::uint64_t last_out_ = 0;
    std::vector<PostWork> recent_;  ///< newest first
};

}  // namespace aimc::mvm
