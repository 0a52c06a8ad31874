// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/workload.h"
#include "aimc/sim/edges.h"
#include "aimc/sim/systemc.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace aimc::testbench {

/// Target of the tile's y_isock with a programmable stall pattern: takes a vector at the first edge
/// at which the pattern, counted from `epoch`, says ready.
class VectorSink : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<VectorSink> y_tsock{"y_tsock"};

    VectorSink(const sc_core::sc_module_name& name, const sc_core::sc_time& t_clk);

    /// @param epoch     edge of cycle 0
    /// @param on_vector called at the edge of the hand-over with the bytes received
    void start(const config::SinkPattern& pattern, std::uint64_t epoch,
               std::function<void(const std::int32_t* y, std::size_t n)> on_vector);

private:
    void step();
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);

    sim::Edges edges_;
    config::SinkPattern pattern_;
    std::uint64_t epoch_ = 0;
    std::function<void(const std::int32_t*, std::size_t)> on_vector_;
    tlm::tlm_generic_payload* waiting_ = nullptr;
    sc_core::sc_event next_{"next"};
};

}  // namespace aimc::testbench
