// SPDX-License-Identifier: Apache-2.0
// What a reset means for those outside: transactions in flight, blocked callers, registers, pins.
#include "support/small_work.h"
#include "support/tile_rig.h"
#include "support/tiny_tile.h"
#include "support/vector_initiator.h"

#include <gtest/gtest.h>

namespace aimc::test {
namespace {

struct DoorRig : TileRig {
    explicit DoorRig(const config::TileConfig& config)
        : TileRig("rig", config), sink("sink", tile.t_clk())
    {
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(sink.y_tsock);
        cpu.isock.bind(tile.reg_tsock);
        controller().set_observer(
            [this](const tile::MvmToken& token) { records.push_back(token.record); });
        sink.start({}, 0, {});
    }
    VectorInitiator source{"source"};
    testbench::VectorSink sink;
    LtPort cpu{"cpu"};
    std::vector<mvm::MvmRecord> records;
};

/// Three vectors in slots, a fourth at the door, then a reset.
void everything_in_flight_is_answered(VectorInitiator::Answer answer)
{
    config::TileConfig c = tiny_tile();
    c.controller.input_slots = 3;
    DoorRig rig(c);
    rig.source.answer = answer;
    std::vector<VectorInitiator::Transfer> transfers(4);
    rig.body = [&] {
        for (auto& transfer : transfers) { transfer.x = {1, 2, 3, 4}; }
        sc_core::sc_spawn([&] {
            for (auto& transfer : transfers) { rig.source.send(transfer); }
        });
        rig.cycles(60);
        const auto t_reset = sc_core::sc_time_stamp();
        rig.cpu.set_at_once(tile::Register::control, put(tile::fields::control_soft_reset, 1));
        for (auto& transfer : transfers) { rig.source.wait_for(transfer); }
        for (std::size_t k = 0; k < 3; ++k) {
            EXPECT_EQ(transfers[k].status, tlm::TLM_GENERIC_ERROR_RESPONSE) << k;
            EXPECT_LE(transfers[k].answered, t_reset + 3.0 * rig.source.t_end_resp);
        }
        EXPECT_EQ(transfers[3].status, tlm::TLM_OK_RESPONSE) << "it waits at the door, outside";
        EXPECT_EQ(transfers[3].answered, t_reset + 133.0 * rig.tile.t_clk());
    };
    run_rigs({&rig});
    EXPECT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.source.manager.freed, rig.source.manager.allocated);
}

TEST(TileReset, AnswersEveryTransactionInFlight)
{
    everything_in_flight_is_answered(VectorInitiator::Answer::updated);
}
TEST(TileReset, AnswersOneByOneWhenTheSourceIsSlow)
{
    everything_in_flight_is_answered(VectorInitiator::Answer::later);
}

TEST(TileReset, LetsABlockedCallerInAfterwards)
{
    DoorRig rig(tiny_tile());
    sc_core::sc_time taken;
    rig.body = [&] {
        sc_core::sc_spawn([&] {
            for (int k = 0; k < 2; ++k) {
                std::int8_t x[4] = {1, 2, 3, 4};
                tlm::tlm_generic_payload trans;
                trans.set_command(tlm::TLM_WRITE_COMMAND);
                trans.set_data_ptr(reinterpret_cast<unsigned char*>(x));
                trans.set_data_length(4);
                trans.set_streaming_width(4);
                sc_core::sc_time delay;
                rig.source.x_isock->b_transport(trans, delay);
            }
            taken = sc_core::sc_time_stamp();
        });
        sc_core::wait(50.5, sc_core::SC_NS);
        rig.rst_n.write(false);
        sc_core::wait(9.25, sc_core::SC_NS);
        rig.rst_n.write(true);
    };
    run_rigs({&rig});
    EXPECT_EQ(taken, sc_core::sc_time(60, sc_core::SC_NS)) << "the first edge after the release";
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].times.out, 60U + 133U + 5U);
}

TEST(TileReset, HeldFromTheStartKeepsTheDoorShut)
{
    StreamRig rig("rig", tiny_tile(), true);
    mvm::Job job;
    job.inputs = Matrix<std::int8_t>(1, 4, 1);
    rig.body = [&] {
        rig.start(job);
        rig.cpu.set(tile::Register::control, put(tile::fields::control_enable, 1));
        EXPECT_EQ(get(tile::fields::status_input_room, rig.cpu.get(tile::Register::status)), 0U);
        rig.to_edge(20);
        EXPECT_EQ(rig.source.n_taken(), 0U);
        rig.rst_n.write(true);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].times.in, 20U);
}

TEST(TileReset, ClearsRegistersBanksAndInterrupt)
{
    StreamRig rig("rig", tiny_tile());
    using tile::Register;
    namespace f = tile::fields;
    rig.body = [&] {
        for (const bool by_pin : {true, false}) {
            rig.cpu.set(Register::irq_enable, put(f::irq_output_ready, 1));
            rig.cpu.set(Register::control,
                        put(f::control_enable, 1) | put(f::control_output_to_bank, 1));
            rig.cpu.write(offset(tile::Region::input_bank), {0x01020304});
            rig.cpu.set(Register::input_doorbell, 1);
            rig.cycles(200);
            EXPECT_TRUE(rig.irq.read());
            rig.cpu.set(Register::mode, put(f::mode_adc_test, 1) | put(f::mode_scale_exponent, 3));
            if (by_pin) {
                rig.rst_n.write(false);
                rig.cycles(1);
                rig.rst_n.write(true);
                rig.cycles(1);
            } else {
                rig.cpu.set(Register::control, put(f::control_soft_reset, 1));
            }
            EXPECT_FALSE(rig.irq.read());
            EXPECT_EQ(rig.cpu.get(Register::irq_status), 0U);
            EXPECT_EQ(rig.cpu.get(Register::irq_enable), 0U);
            EXPECT_EQ(rig.cpu.get(Register::control), 0U);
            EXPECT_EQ(rig.cpu.get(Register::status), 0U) << "disabled, nothing waits, not busy";
            EXPECT_EQ(rig.cpu.read(offset(tile::Region::input_bank), 1)[0], 0U);
            EXPECT_EQ(rig.cpu.get(Register::mode), put(f::mode_scale_exponent, 3))
                << "the exponent belongs to the affine words, which are kept";
        }
    };
    run_rigs({&rig});
}

}  // namespace
}  // namespace aimc::test
