// SPDX-License-Identifier: Apache-2.0
// x_tsock: what it refuses and how, and that blocking and non-blocking sources get the same.
#include "support/small_work.h"
#include "support/tile_rig.h"
#include "support/tiny_tile.h"
#include "support/vector_initiator.h"

#include <gtest/gtest.h>

#include <string>

namespace aimc::test {
namespace {

/// A request with one mistake.
struct Mistake {
    std::string name;
    tlm::tlm_response_status status;
    VectorInitiator::Spoil spoil;
};

std::vector<Mistake> mistakes()
{
    static unsigned char enables[4] = {TLM_BYTE_ENABLED, TLM_BYTE_ENABLED, TLM_BYTE_ENABLED,
                                       TLM_BYTE_ENABLED};
    using Payload = tlm::tlm_generic_payload;
    return {
        {"read", tlm::TLM_COMMAND_ERROR_RESPONSE,
         [](Payload& p) { p.set_command(tlm::TLM_READ_COMMAND); }},
        {"ignore", tlm::TLM_COMMAND_ERROR_RESPONSE,
         [](Payload& p) { p.set_command(tlm::TLM_IGNORE_COMMAND); }},
        {"address 4", tlm::TLM_ADDRESS_ERROR_RESPONSE, [](Payload& p) { p.set_address(4); }},
        {"byte enables", tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE,
         [](Payload& p) {
             p.set_byte_enable_ptr(enables);
             p.set_byte_enable_length(4);
         }},
        {"too short", tlm::TLM_BURST_ERROR_RESPONSE, [](Payload& p) { p.set_data_length(3); }},
        {"too long", tlm::TLM_BURST_ERROR_RESPONSE,
         [](Payload& p) {
             p.set_data_length(5);
             p.set_streaming_width(5);
         }},
        {"narrow stream", tlm::TLM_BURST_ERROR_RESPONSE,
         [](Payload& p) { p.set_streaming_width(2); }},
        {"code -128", tlm::TLM_GENERIC_ERROR_RESPONSE,
         [](Payload& p) { p.get_data_ptr()[3] = 0x80; }},
    };
}

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
        targets = random_targets(config, dice);
        job.words = random_words(config, dice);
        job.inputs = random_inputs(6, config.rows, dice);
    }
    std::vector<std::int8_t> x(std::size_t k) const
    {
        return {job.inputs.row(k), job.inputs.row(k) + job.inputs.cols()};
    }
    /// Blocking. @returns the delay that is left
    sc_core::sc_time send_blocking(std::vector<std::int8_t> bytes, tlm::tlm_response_status& status,
                                   const VectorInitiator::Spoil& spoil = {},
                                   sc_core::sc_time delay = sc_core::SC_ZERO_TIME)
    {
        bytes.resize(8);  // room for a request that is too long
        tlm::tlm_generic_payload trans;
        trans.set_command(tlm::TLM_WRITE_COMMAND);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(bytes.data()));
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        if (spoil) { spoil(trans); }
        source.x_isock->b_transport(trans, delay);
        status = trans.get_response_status();
        return delay;
    }
    void expect_values() const
    {
        const auto expected = Expected(config(), targets).of(job);
        ASSERT_EQ(records.size(), expected.size());
        for (std::size_t k = 0; k < expected.size(); ++k) {
            EXPECT_TRUE(records[k].values == expected[k].values) << "vector " << k;
        }
    }
    void expect_times() const
    {
        const auto expected = Expected(config(), targets).of(job);
        for (std::size_t k = 0; k < records.size(); ++k) {
            EXPECT_TRUE(records[k].times == expected[k].times) << "vector " << k;
        }
    }
    Dice dice{5};
    device::CellTargets targets;
    mvm::Job job;
    VectorInitiator source{"source"};
    testbench::VectorSink sink;
    LtPort cpu{"cpu"};
    std::vector<mvm::MvmRecord> records;
};

TEST(VectorDoor, RefusesWrongRequestsAtOnceAndWithoutDisturbance)
{
    DoorRig rig(tiny_tile());
    rig.body = [&] {
        rig.program(rig.targets, rig.job.words);
        std::vector<VectorInitiator::Transfer> good(rig.job.inputs.rows());
        for (std::size_t k = 0; k < good.size(); ++k) {
            for (const Mistake& mistake : mistakes()) {
                VectorInitiator::Transfer wrong;
                wrong.x = rig.x(k);
                wrong.x.resize(8);
                const auto now = sc_core::sc_time_stamp();
                rig.source.send(wrong, [&](tlm::tlm_generic_payload& p) {
                    p.set_data_length(4);
                    p.set_streaming_width(4);
                    mistake.spoil(p);
                });
                EXPECT_TRUE(wrong.done) << mistake.name;
                EXPECT_EQ(wrong.status, mistake.status) << mistake.name;
                EXPECT_EQ(sc_core::sc_time_stamp(), now) << mistake.name;
                rig.send_blocking(rig.x(k), wrong.status, mistake.spoil);
                EXPECT_EQ(wrong.status, mistake.status) << mistake.name << ", blocking";
                EXPECT_EQ(sc_core::sc_time_stamp(), now) << mistake.name << ", blocking";
            }
            good[k].x = rig.x(k);
            rig.source.send(good[k]);
        }
        for (const auto& transfer : good) { rig.source.wait_for(transfer); }
    };
    run_rigs({&rig});
    rig.expect_values();
    rig.expect_times();
}

TEST(VectorDoor, TakesBlockingVectorsAtTheSameEdgesAsNonBlockingOnes)
{
    config::TileConfig c = tiny_tile();
    c.controller.input_slots = 2;
    DoorRig rig(c);
    rig.body = [&] {
        rig.program(rig.targets, rig.job.words);
        for (std::size_t k = 0; k < rig.job.inputs.rows(); ++k) {
            auto status = tlm::TLM_INCOMPLETE_RESPONSE;
            EXPECT_EQ(rig.send_blocking(rig.x(k), status), sc_core::SC_ZERO_TIME);
            EXPECT_EQ(status, tlm::TLM_OK_RESPONSE);
        }
    };
    run_rigs({&rig});
    rig.expect_values();
    rig.expect_times();
}

TEST(VectorDoor, TakesABlockingVectorAtTheEdgeAfterItsDelay)
{
    DoorRig rig(tiny_tile());
    rig.body = [&] {
        rig.program(rig.targets, rig.job.words);
        auto status = tlm::TLM_INCOMPLETE_RESPONSE;
        const sc_core::sc_time delay(40.25, sc_core::SC_NS);
        EXPECT_EQ(rig.send_blocking(rig.x(0), status, {}, delay), sc_core::SC_ZERO_TIME);
        EXPECT_EQ(rig.now(), 41U);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].times.in, 41U);
    EXPECT_EQ(rig.records[0].times.out, 41U + 133U + 5U);
}

TEST(VectorDoor, TakesANonBlockingVectorAtTheEdgeAfterItsRequest)
{
    DoorRig rig(tiny_tile());
    rig.body = [&] {
        sc_core::wait(10.5, sc_core::SC_NS);
        VectorInitiator::Transfer transfer;
        transfer.x = rig.x(0);
        rig.source.send(transfer);
        EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::sc_time(11, sc_core::SC_NS));
        rig.source.wait_for(transfer);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].times.out, 11U + 133U + 5U);
}

TEST(VectorDoor, LetsABlockingSourceInRightBehindANonBlockingOne)
{
    config::TileConfig c = tiny_tile();
    c.controller.input_slots = 2;
    DoorRig rig(c);
    sc_core::sc_time taken;
    rig.body = [&] {
        sc_core::sc_spawn([&] {
            auto status = tlm::TLM_INCOMPLETE_RESPONSE;
            rig.send_blocking(rig.x(1), status);
            taken = sc_core::sc_time_stamp();
        });
        VectorInitiator::Transfer transfer;
        transfer.x = rig.x(0);
        rig.source.send(transfer);
        rig.source.wait_for(transfer);
    };
    run_rigs({&rig});
    EXPECT_EQ(rig.records.size(), 2U);
    EXPECT_EQ(taken, sc_core::sc_time(1, sc_core::SC_NS)) << "a slot was free all the time";
}

TEST(VectorDoor, HasNeitherDebugAccessNorPointers)
{
    DoorRig rig(tiny_tile());
    rig.body = [&] {
        std::vector<std::int8_t> x = rig.x(0);
        tlm::tlm_generic_payload trans;
        trans.set_command(tlm::TLM_WRITE_COMMAND);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(x.data()));
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        EXPECT_EQ(rig.source.x_isock->transport_dbg(trans), 0U);
        tlm::tlm_dmi dmi;
        EXPECT_FALSE(rig.source.x_isock->get_direct_mem_ptr(trans, dmi));
    };
    run_rigs({&rig});
    EXPECT_TRUE(rig.records.empty());
}

TEST(VectorDoor, ResidualWordsComeBehindTheCodes)
{
    config::TileConfig c = tiny_tile();
    c.rows = 3;  // one byte of padding
    DoorRig rig(c);
    rig.job.words.residual_in = true;
    rig.body = [&] {
        rig.program(rig.targets, rig.job.words);
        VectorInitiator::Transfer with{{1, 2, 3, 99, 10, 0, -1, -1, 0, 1, 2, 0}};
        VectorInitiator::Transfer without{{1, 2, 3}};
        rig.source.send(without);
        EXPECT_EQ(without.status, tlm::TLM_BURST_ERROR_RESPONSE) << "the words are missing";
        rig.source.send(with);
        rig.source.wait_for(with);
        rig.cycles(400);
    };
    run_rigs({&rig});
    rig.expect_clean();
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].values.x, (std::vector<std::int8_t>{1, 2, 3}));
    EXPECT_EQ(rig.records[0].values.residual, (std::vector<std::int16_t>{10, -1, 256, 2}));
}

TEST(VectorDoor, AVectorKeepsItsResidualWhenTheModeChangesMeanwhile)
{
    DoorRig rig(tiny_tile());
    rig.job.words.residual_in = true;
    rig.body = [&] {
        rig.program(rig.targets, rig.job.words);
        VectorInitiator::Transfer first{{1, 2, 3, 4, 1, 0, 2, 0, 3, 0, 4, 0}};
        rig.source.send(first);
        rig.job.words.residual_in = false;
        rig.program(rig.targets, rig.job.words);  // while it is being read
        VectorInitiator::Transfer second{{1, 2, 3, 4}};
        rig.source.send(second);
        rig.source.wait_for(second);
        rig.cycles(400);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 2U);
    EXPECT_EQ(rig.records[0].values.residual, (std::vector<std::int16_t>{1, 2, 3, 4}));
    EXPECT_TRUE(rig.records[1].values.residual.empty());
}

}  // namespace
}  // namespace aimc::test
