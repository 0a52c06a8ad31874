// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/config/workload.h"
#include "aimc/mvm/record.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::mvm {

/// Cycles of a whole read (A), for as long as the array works on it.
///   analog       phases * (window + settle) + overhead after the last phase.
///                Derived: 133 one-phase and 521 four-phase from the TOPS of LeGallo23; Choice:
///                where the overhead sits.
///   pim          evaluations * (drive and settle + conversions one after the other)
///   digital_cim  one cycle per broadcast of input bits
/// @param steps  mvm::n_steps of its codes
int n_read_cycles(const config::TileConfig& config, int steps);

/// The steps of a read that took `n_read` cycles: n_read_cycles the other way round.
std::uint64_t steps_in(const config::TileConfig& config, std::uint64_t n_read);

/// Cycles from the end of a read until its counts are valid (F): registers that the last sums have
/// to pass while the array may already read the next vector. 0 of analog and pim tiles.
int n_pipeline_cycles(const config::TileConfig& config);

/// What the recurrence needs to know of a tile.
struct TimingRules {
    int n_post = 7;               ///< N [cycles]
    bool double_buffered = true;  ///< two counter banks instead of one
    int input_slots = 1;          ///< B: vectors taken and not yet read to the end
    int output_slots = 2;         ///< D: vectors between post unit and sink
    int n_pipeline = 0;           ///< F [cycles]
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
///   in_k = max(offer_k, in_(k-1) + 1, E_(k-B))       offer_k = in_(k-1) + gap_k
///   S_k  = max(in_k, E_(k-1), bank_(k-2))            E_k = S_k + A_k     C_k = E_k + F
///   bank_k = max(H_k, Y_k - F)                       single-buffered: bank_(k-1)
///   H_k  = max(C_k, Y_(k-1), O_(k-D), R_k)                             Y_k = H_k + N
///   O_k  = first edge >= max(Y_k, O_(k-1) + 1) at which the sink is ready
///
/// Choice: an input slot is held from in_k to the end of the read E_k (the pulse generators compare
/// against it all through the window), and the door passes at most one vector per edge.
///
/// F is 0 but for a pipelined array: then E_k = C_k and bank_k = Y_k. A bank of a pipelined array
/// is first written F cycles after S_k, so that it may still be in use for so long; that it will be
/// free then is known once its post-processing has started.
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
    /// No free counter bank; the post unit is computing or waits for residual words, or the sums
    /// are still on their way to it.
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
    /// @param n_pipeline  F of the tile [cycles]
    explicit StateAccount(int n_pipeline = 0) : n_pipeline_(static_cast<std::uint64_t>(n_pipeline))
    {
    }
    void add(const MvmTimes& times, std::uint64_t residual_ready = 0);
    StateCycles finish() const;  ///< with the drain of the vectors so far

private:
    /// When nothing but an output slot kept the post unit from a vector.
    struct Blocked {
        std::uint64_t from, to;
    };
    std::uint64_t n_pipeline_;
    StateCycles states_;
    std::uint64_t last_end_ = 0;  ///< of the last read
    std::uint64_t last_done_ = 0;
    std::uint64_t last_out_ = 0;
    std::vector<Blocked> recent_;  ///< newest first
};

}  // namespace aimc::mvm
