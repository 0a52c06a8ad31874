// SPDX-License-Identifier: Apache-2.0
// The published timing of a 256-column tile, at its pins: not one cycle early, not one cycle late.
#include "support/tile_rig.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <optional>

namespace aimc::test {
namespace {

/// Remembers when a request began, and takes it one cycle later.
class Probe : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<Probe> tsock{"tsock"};
    std::optional<sc_core::sc_time> t_valid;  ///< of the last BEGIN_REQ
    bool valid = false;                       ///< between BEGIN_REQ and END_REQ

    explicit Probe(const sc_core::sc_module_name& name) : sc_module(name)
    {
        tsock.register_nb_transport_fw(this, &Probe::nb_transport_fw);
        SC_METHOD(take);
        sensitive << take_;
        dont_initialize();
    }

private:
    AIMC_HAS_PROCESS(Probe);
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time&)
    {
        if (phase != tlm::BEGIN_REQ) { return tlm::TLM_COMPLETED; }
        valid = true;
        t_valid = sc_core::sc_time_stamp();
        trans_ = &trans;
        take_.notify(1, sc_core::SC_NS);
        return tlm::TLM_ACCEPTED;
    }
    void take()
    {
        valid = false;
        trans_->set_response_status(tlm::TLM_OK_RESPONSE);
        tlm::tlm_phase phase = tlm::BEGIN_RESP;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        tsock->nb_transport_bw(*trans_, phase, delay);
    }
    tlm::tlm_generic_payload* trans_ = nullptr;
    sc_core::sc_event take_{"take_"};
};

struct LatencyRig : TileRig {
    explicit LatencyRig(const config::TileConfig& config)
        : TileRig("rig", config), source("source", tile.t_clk())
    {
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(probe.tsock);
        cpu.isock.bind(tile.reg_tsock);
    }
    testbench::VectorSource source;
    Probe probe{"probe"};
    LtPort cpu{"cpu"};
};

void y_is_valid_exactly(std::uint64_t n, config::ReadMode mode, config::PostUnit post)
{
    config::TileConfig c;  // the defaults are the published timing
    c.rows = 4;
    c.cols = 256;
    c.read.mode = mode;
    c.post = post;
    LatencyRig rig(c);
    mvm::Job job;
    job.inputs = Matrix<std::int8_t>(1, c.rows, 1);
    rig.body = [&] {
        constexpr std::uint64_t offered = 1000;  // not 0: the latency is not an absolute time
        rig.to_edge(offered);
        rig.source.start(job, [] { return false; });
        // samples lie in the middle of a cycle, after all that happens at its edge
        sc_core::wait(rig.tile.t_clk() / 2.0);
        rig.cycles(n - 1);
        EXPECT_FALSE(rig.probe.t_valid) << "one cycle early";
        rig.cycles(1);
        EXPECT_TRUE(rig.probe.valid) << "one cycle late";
        EXPECT_EQ(rig.probe.t_valid, static_cast<double>(offered + n) * rig.tile.t_clk());
        rig.cycles(1);
        EXPECT_FALSE(rig.probe.valid) << "taken, and offered again";
    };
    run_rigs({&rig});
}

TEST(TileLatency, OnePhaseWithNmpuIs140Cycles)
{
    y_is_valid_exactly(133 + 7, config::ReadMode::one_phase, config::PostUnit::nmpu);
}

TEST(TileLatency, FourPhaseWithNmpuIs528Cycles)
{
    y_is_valid_exactly(521 + 7, config::ReadMode::four_phase, config::PostUnit::nmpu);
}

TEST(TileLatency, OnePhaseWithLdpuIs1106Cycles)
{
    y_is_valid_exactly(133 + 973, config::ReadMode::one_phase, config::PostUnit::ldpu);
}

TEST(TileLatency, FourPhaseWithLdpuIs1494Cycles)
{
    y_is_valid_exactly(521 + 973, config::ReadMode::four_phase, config::PostUnit::ldpu);
}

}  // namespace
}  // namespace aimc::test
