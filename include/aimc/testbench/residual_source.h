// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/edges.h"
#include "aimc/tile/tile.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace aimc::testbench {

/// AT initiator on the tile's r_tsock: a partial-sum memory without end. It offers residual words
/// in the order in which they were queued, each at its edge or as soon as those before it are
/// stored.
class ResidualSource : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<ResidualSource> r_isock{"r_isock"};

    ResidualSource(const sc_core::sc_module_name& name, const sc_core::sc_time& t_clk);

    /// @param edge   R: not before this edge
    /// @param words  [cols]
    void queue(std::uint64_t edge, std::vector<std::int16_t> words);
    std::uint64_t n_stored() const { return stored_; }  ///< by the tile, so far
    std::size_t n_queued() const { return queue_.size(); }

private:
    struct Item {
        std::uint64_t edge;
        std::vector<std::int16_t> words;
    };
    void step();
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    void on_stored();

    sim::Edges edges_;
    std::deque<Item> queue_;        ///< not stored yet, oldest first
    std::deque<Item> in_the_tile_;  ///< stored, response awaited: the transaction points here
    tile::PayloadPool pool_;
    tile::MvmToken none_;  ///< the pool's payloads carry a token; here nobody reads it
    bool offering_ = false;
    std::uint64_t stored_ = 0;
    sc_core::sc_event next_{"next"};
};

/// Makes `memory` the partial-sum memory between two row tiles: the partial sums of every vector of
/// `from` go to whatever `memory` is bound to, at the edge at which their first column is ready.
/// The words are those of nmpu.partial_fraction, which must be nmpu.residual_fraction of the next
/// tile. Choice: taken where the post unit makes them, not at y_isock, which sees them when the
/// last column is ready.
/// @param memory  must outlive the simulation
/// @throws std::invalid_argument  partial sums wider than the 16 bits of a residual word
void join(tile::Tile& from, ResidualSource& memory);

}  // namespace aimc::testbench
