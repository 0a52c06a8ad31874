// SPDX-License-Identifier: Apache-2.0
// r_tsock: residual words apart from x. What it refuses and how, what waits where, what a reset and
// a change of mode mean, and that it may be left unbound.
#include "support/small_work.h"
#include "support/tile_rig.h"
#include "support/tiny_tile.h"
#include "support/vector_initiator.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace aimc::test {
namespace {

using Transfer = VectorInitiator::Transfer;

/// The bytes of four residual words.
Transfer words_of(int value)
{
    Transfer transfer;
    for (int c = 0; c < 4; ++c) {
        transfer.x.push_back(static_cast<std::int8_t>(value));
        transfer.x.push_back(0);
    }
    return transfer;
}

/// The tiny tile: A = 133, N = 5.
struct PortRig : TileRig {
    explicit PortRig(const config::TileConfig& config = tiny_tile())
        : TileRig("rig", config), sink("sink", tile.t_clk())
    {
        check_too(r_checker);
        r_checker.isock.bind(tile.r_tsock);
        words.x_isock.bind(r_checker.tsock);
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(sink.y_tsock);
        cpu.isock.bind(tile.reg_tsock);
        controller().set_observer(
            [this](const tile::MvmToken& token) { records.push_back(token.record); });
        sink.start({}, 0, {});
        Dice dice(6);
        targets = random_targets(config, dice);
        post_words = random_words(config, dice);
        post_words.residual_in = true;
    }
    void program(bool by_port) { TileRig::program(targets, post_words, by_port); }
    void send_x(std::vector<std::int8_t> x = {1, 2, 3, 4})
    {
        x_transfers.push_back({std::move(x)});
        source.send(x_transfers.back());
    }
    void reset(bool by_pin)
    {
        if (!by_pin) {
            cpu.set_at_once(tile::Register::control, put(tile::fields::control_soft_reset, 1));
            return;
        }
        rst_n.write(false);
        cycles(10);
        rst_n.write(true);
    }
    std::vector<std::int16_t> residual(std::size_t k) const
    {
        return records.at(k).values.residual;
    }

    BaseProtocolChecker r_checker{"r_checker"};
    VectorInitiator words{"words"};
    VectorInitiator source{"source"};
    testbench::VectorSink sink;
    LtPort cpu{"cpu"};
    std::deque<Transfer> x_transfers;
    device::CellTargets targets;
    mvm::PostWords post_words;
    std::vector<mvm::MvmRecord> records;
};

const std::vector<std::int16_t> sevens{7, 7, 7, 7}, eights{8, 8, 8, 8}, nines{9, 9, 9, 9};

TEST(ResidualPort, PostUnitStartsWhenTheWordsComeAfterTheCounts)
{
    PortRig rig;
    rig.body = [&] {
        rig.program(true);
        rig.send_x();
        Transfer late = words_of(7);
        rig.to_edge(500);
        rig.words.send(late);
        EXPECT_EQ(rig.now(), 500U) << "there was room";
        rig.words.wait_for(late);
        EXPECT_EQ(rig.now(), 500U) << "the post unit took them";
        EXPECT_EQ(late.status, tlm::TLM_OK_RESPONSE);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].times.counts, 133U);
    EXPECT_EQ(rig.records[0].times.post, 500U);
    EXPECT_EQ(rig.records[0].times.out, 505U);
    EXPECT_EQ(rig.residual(0), sevens);
    EXPECT_EQ(rig.words.manager.freed, rig.words.manager.allocated);
}

TEST(ResidualPort, StoresTheWordsOfTwoVectorsAndLetsTheThirdWait)
{
    PortRig rig;
    std::vector<Transfer> all{words_of(7), words_of(8), words_of(9)};
    std::vector<std::uint64_t> stored;
    rig.body = [&] {
        rig.program(true);
        sc_core::sc_spawn([&] {
            for (Transfer& transfer : all) {
                rig.words.send(transfer);
                stored.push_back(rig.now());
            }
        });
        rig.to_edge(20);  // words first, then their vectors
        for (int k = 0; k < 3; ++k) { rig.send_x(); }
        for (const Transfer& transfer : all) { rig.words.wait_for(transfer); }
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) {
        const std::uint64_t h = 20 + 133 * (k + 1);
        EXPECT_EQ(rig.records[k].times.post, h) << "as if they had come with x";
        EXPECT_EQ(all[k].answered, static_cast<double>(h) * rig.tile.t_clk());
    }
    EXPECT_EQ(stored, (std::vector<std::uint64_t>{0, 0, 153})) << "room at the edge of H_0";
    EXPECT_EQ(rig.residual(0), sevens);
    EXPECT_EQ(rig.residual(1), eights);
    EXPECT_EQ(rig.residual(2), nines);
}

TEST(ResidualPort, ServesABlockingCallerTheSame)
{
    PortRig rig;
    std::vector<std::uint64_t> returned;
    rig.body = [&] {
        rig.program(true);
        sc_core::sc_spawn([&] {
            for (int k = 0; k < 3; ++k) {
                Transfer transfer = words_of(7 + k);
                tlm::tlm_generic_payload trans;
                trans.set_command(tlm::TLM_WRITE_COMMAND);
                trans.set_data_ptr(reinterpret_cast<unsigned char*>(transfer.x.data()));
                trans.set_data_length(8);
                trans.set_streaming_width(8);
                sc_core::sc_time delay(2.5, sc_core::SC_NS);
                rig.words.x_isock->b_transport(trans, delay);
                EXPECT_EQ(trans.get_response_status(), tlm::TLM_OK_RESPONSE);
                EXPECT_EQ(delay, sc_core::SC_ZERO_TIME);
                returned.push_back(rig.now());
            }
        });
        for (int k = 0; k < 3; ++k) { rig.send_x(); }
    };
    run_rigs({&rig});
    EXPECT_EQ(returned, (std::vector<std::uint64_t>{3, 6, 133})) << "edges after its delay";
    ASSERT_EQ(rig.records.size(), 3U);
    EXPECT_EQ(rig.residual(2), nines);
}

TEST(ResidualPort, TakesWordsThatComeBetweenEdgesAtTheNext)
{
    PortRig rig;
    rig.body = [&] {
        rig.program(true);
        rig.send_x();
        sc_core::wait(199.75, sc_core::SC_NS);
        Transfer transfer = words_of(7);
        rig.words.send(transfer);
        rig.words.wait_for(transfer);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].times.post, 200U);
}

TEST(ResidualPort, ASlowEndOfResponseHoldsUpNothing)
{
    PortRig rig;
    rig.words.answer = VectorInitiator::Answer::later;
    rig.words.t_end_resp = sc_core::sc_time(400, sc_core::SC_NS);
    std::vector<Transfer> all{words_of(7), words_of(8), words_of(9)};
    rig.body = [&] {
        rig.program(true);
        sc_core::sc_spawn([&] {
            for (Transfer& transfer : all) { rig.words.send(transfer); }
        });
        for (int k = 0; k < 3; ++k) { rig.send_x(); }
        for (const Transfer& transfer : all) { rig.words.wait_for(transfer); }
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) { EXPECT_EQ(rig.records[k].times.post, 133 * (k + 1)); }
}

TEST(ResidualPort, RefusesWrongRequestsAtOnce)
{
    struct Mistake {
        std::string name;
        tlm::tlm_response_status status;
        VectorInitiator::Spoil spoil;
    };
    using Payload = tlm::tlm_generic_payload;
    unsigned char enables[8] = {};
    const std::vector<Mistake> mistakes{
        {"read", tlm::TLM_COMMAND_ERROR_RESPONSE,
         [](Payload& p) { p.set_command(tlm::TLM_READ_COMMAND); }},
        {"address 4", tlm::TLM_ADDRESS_ERROR_RESPONSE, [](Payload& p) { p.set_address(4); }},
        {"byte enables", tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE,
         [&](Payload& p) {
             p.set_byte_enable_ptr(enables);
             p.set_byte_enable_length(8);
         }},
        {"too short", tlm::TLM_BURST_ERROR_RESPONSE, [](Payload& p) { p.set_data_length(6); }},
        {"narrow stream", tlm::TLM_BURST_ERROR_RESPONSE,
         [](Payload& p) { p.set_streaming_width(2); }},
    };
    PortRig rig;
    rig.body = [&] {
        rig.program(true);
        for (const Mistake& mistake : mistakes) {
            Transfer wrong = words_of(1);
            rig.words.send(wrong, mistake.spoil);
            EXPECT_TRUE(wrong.done) << mistake.name;
            EXPECT_EQ(wrong.status, mistake.status) << mistake.name;
        }
        rig.program(false);
        Transfer early = words_of(1);
        rig.words.send(early);
        EXPECT_EQ(early.status, tlm::TLM_GENERIC_ERROR_RESPONSE) << "nobody is to have them";
        EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::SC_ZERO_TIME);
        rig.program(true);
        rig.send_x();
        Transfer good = words_of(7);
        rig.words.send(good);
        rig.words.wait_for(good);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.residual(0), sevens) << "a refused request left something behind";
}

TEST(ResidualPort, AVectorKeepsItsWayWhenTheModeChangesMeanwhile)
{
    PortRig rig;
    rig.body = [&] {
        rig.program(true);
        rig.send_x();
        rig.program(false);
        rig.to_edge(140);
        rig.send_x({1, 2, 3, 4, 8, 0, 8, 0, 8, 0, 8, 0});  // with its words
        rig.to_edge(600);
        EXPECT_TRUE(rig.records.empty()) << "the first still waits, and nobody overtakes it";
        Transfer owed = words_of(7);
        Transfer surplus = words_of(9);
        rig.words.send(owed);
        rig.words.send(surplus);
        EXPECT_EQ(surplus.status, tlm::TLM_GENERIC_ERROR_RESPONSE);
        rig.words.wait_for(owed);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 2U);
    EXPECT_EQ(rig.records[0].times.post, 600U);
    EXPECT_EQ(rig.records[1].times.post, 605U);
    EXPECT_EQ(rig.residual(0), sevens);
    EXPECT_EQ(rig.residual(1), eights);
}

/// The words of two vectors are stored, those of a third wait at the door.
void reset_answers_and_forgets(bool by_pin)
{
    PortRig rig;
    std::vector<Transfer> all{words_of(7), words_of(8), words_of(9)};
    rig.body = [&] {
        rig.program(true);
        sc_core::sc_spawn([&] {
            for (Transfer& transfer : all) { rig.words.send(transfer); }
        });
        rig.send_x();
        rig.to_edge(50);
        rig.reset(by_pin);
        for (std::size_t k = 0; k < 2; ++k) {
            rig.words.wait_for(all[k]);
            EXPECT_EQ(all[k].status, tlm::TLM_GENERIC_ERROR_RESPONSE);
        }
        rig.cycles(10);
        EXPECT_FALSE(all[2].done) << "it waited outside and is stored now";
        EXPECT_FALSE(rig.controller().mode().residual_port);
        rig.program(true);
        rig.to_edge(100);
        rig.send_x();
        rig.words.wait_for(all[2]);
        EXPECT_EQ(all[2].status, tlm::TLM_OK_RESPONSE);
    };
    run_rigs({&rig});
    ASSERT_EQ(rig.records.size(), 1U);
    EXPECT_EQ(rig.records[0].times.post, 233U);
    EXPECT_EQ(rig.residual(0), nines);
}

TEST(ResidualPort, AResetByThePinAnswersAndForgetsWhatIsStored) { reset_answers_and_forgets(true); }
TEST(ResidualPort, AResetByTheRegisterAnswersAndForgetsWhatIsStored)
{
    reset_answers_and_forgets(false);
}

TEST(ResidualPort, AResetAtAnyMomentLeavesNoWordsBehind)
{
    PortRig rig;
    std::size_t n_resets = 0;
    rig.body = [&] {
        for (std::uint64_t cycle = 1; cycle <= 300; ++cycle) {  // stored in cycle 0
            for (const int deltas : {0, static_cast<int>(cycle % 7) + 1}) {
                rig.program(true);
                const std::uint64_t epoch = rig.now();
                std::vector<Transfer> old{words_of(7), words_of(7)};
                sc_core::sc_spawn([&] {
                    for (Transfer& transfer : old) { rig.words.send(transfer); }
                });
                rig.send_x();
                rig.to_edge(epoch + cycle);
                for (int d = 0; d < deltas; ++d) { sc_core::wait(sc_core::SC_ZERO_TIME); }
                rig.reset(deltas == 0);
                for (const Transfer& transfer : old) { rig.words.wait_for(transfer); }
                rig.cycles(10);
                rig.records.clear();
                rig.program(true);
                Transfer fresh = words_of(8);
                const std::uint64_t start = rig.now();
                rig.send_x();
                rig.words.send(fresh);
                rig.words.wait_for(fresh);
                rig.cycles(10);
                ASSERT_EQ(rig.records.size(), 1U) << "reset in cycle " << cycle;
                ASSERT_EQ(rig.residual(0), eights) << "reset in cycle " << cycle;
                ASSERT_EQ(rig.records[0].times.post, start + 133U) << "reset in cycle " << cycle;
                ++n_resets;
            }
        }
    };
    run_rigs({&rig});
    EXPECT_EQ(n_resets, 600U);
}

TEST(ResidualPort, MayBeLeftUnboundAndIsThenRefusedInMode)
{
    namespace f = tile::fields;
    using tile::Register;
    TileRig rig("rig", tiny_tile());
    testbench::VectorSource source("source", rig.tile.t_clk());
    testbench::VectorSink sink("sink", rig.tile.t_clk());
    LtPort cpu{"cpu"};
    source.x_isock.bind(rig.x_checker.tsock);
    rig.y_checker.isock.bind(sink.y_tsock);
    cpu.isock.bind(rig.tile.reg_tsock);
    rig.body = [&] {
        const auto mode = put(f::mode_residual_in, 1);
        cpu.set(Register::mode, mode);
        std::uint32_t word = mode | put(f::mode_residual_port, 1);
        EXPECT_EQ(cpu.access(tlm::TLM_WRITE_COMMAND, offset(Register::mode), &word, 4),
                  tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(cpu.get(Register::mode), mode);
    };
    run_rigs({&rig});
}

TEST(ResidualPort, ModeBitReadsBackWhenSomebodyIsBound)
{
    namespace f = tile::fields;
    PortRig rig;
    rig.body = [&] {
        const auto mode = put(f::mode_residual_in, 1) | put(f::mode_residual_port, 1);
        EXPECT_EQ(get(f::version_minor, rig.cpu.get(tile::Register::version)), 2U);
        rig.cpu.set(tile::Register::mode, mode);
        EXPECT_EQ(rig.cpu.get(tile::Register::mode), mode);
        EXPECT_EQ(rig.controller().vector_bytes(), 4U) << "x alone";
    };
    run_rigs({&rig});
}

}  // namespace
}  // namespace aimc::test
