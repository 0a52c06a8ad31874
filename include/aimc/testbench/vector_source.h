// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/job.h"
#include "aimc/sim/edges.h"
#include "aimc/tile/token.h"

#include <deque>
#include <functional>
#include <vector>

/// What stands around the tile in a simulation: it drives, stalls, records and compares.
namespace aimc::testbench {

/// AT initiator on the tile's x_tsock: offers the vectors of a job, vector k `gap` cycles after
/// vector k-1 was taken.
class VectorSource : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<VectorSource> x_isock{"x_isock"};

    VectorSource(const sc_core::sc_module_name& name, const sc_core::sc_time& t_clk);

    /// Starts at this edge. @param stop  asked before every vector: true ends the stream early
    void start(const mvm::Job& job, std::function<bool()> stop);
    std::uint64_t n_taken() const { return taken_; }
    bool is_done() const { return done_; }
    const sc_core::sc_event& done_event() const { return done_event_; }

private:
    bool with_residuals() const;
    std::uint8_t* bytes_of(std::size_t k);
    tlm::tlm_generic_payload& payload(std::size_t k);
    void step();
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    void on_taken();

    sim::Edges edges_;
    const mvm::Job* job_ = nullptr;
    std::size_t n_bytes_ = 0;                        ///< of one vector
    std::deque<std::vector<std::uint8_t>> buffers_;  ///< of the vectors on their way
    std::vector<std::vector<std::uint8_t>*> free_;   ///< those of them that nobody reads
    std::vector<std::int8_t> made_;                  ///< x, if the job makes it
    std::function<bool()> stop_;
    tile::PayloadPool pool_;
    tile::MvmToken none_;  ///< the pool's payloads carry a token; here nobody reads it
    bool offering_ = false;
    bool done_ = true;
    std::uint64_t taken_ = 0;
    sc_core::sc_event next_{"next"};
    sc_core::sc_event done_event_{"done_event"};
};

}  // namespace aimc::testbench
