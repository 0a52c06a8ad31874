// SPDX-License-Identifier: Apache-2.0
// The vector sockets keep to the TLM-2.0 base protocol with every partner that keeps to it.
#include "support/answering_sink.h"
#include "support/small_work.h"
#include "support/tile_rig.h"
#include "support/tiny_tile.h"
#include "support/vector_initiator.h"

#include <gtest/gtest.h>

namespace aimc::test {
namespace {

struct SinkRig : TileRig {
    SinkRig(const config::TileConfig& config, AnsweringSink::Answer answer)
        : TileRig("rig", config), source("source", tile.t_clk()), sink("sink", answer)
    {
        source.x_isock.bind(x_checker.tsock);
        y_checker.isock.bind(sink.y_tsock);
        cpu.isock.bind(tile.reg_tsock);
    }
    testbench::VectorSource source;
    AnsweringSink sink;
    LtPort cpu{"cpu"};
};

/// The way of answering must not show: O_k is the end of the request, however it is told.
void sink_gets_everything(AnsweringSink::Answer answer)
{
    config::TileConfig c = tiny_tile();
    c.controller.input_slots = 2;
    SinkRig rig(c, answer);
    Dice dice(3);
    const auto targets = random_targets(c, dice);
    mvm::Job job;
    job.words = random_words(c, dice);
    job.inputs = random_inputs(12, c.rows, dice);
    std::vector<mvm::MvmTimes> times;
    rig.controller().set_observer(
        [&](const tile::MvmToken& token) { times.push_back(token.record.times); });
    rig.body = [&] {
        rig.program(targets, job.words);
        rig.source.start(job, [] { return false; });
    };
    run_rigs({&rig});
    const auto expected = Expected(c, targets).of(job);
    ASSERT_EQ(rig.sink.taken.size(), expected.size());
    ASSERT_EQ(times.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        EXPECT_EQ(rig.sink.taken[k], expected[k].values.y) << "vector " << k;
        EXPECT_EQ(rig.sink.taken_at[k],
                  static_cast<double>(expected[k].times.out) * rig.tile.t_clk());
        EXPECT_TRUE(times[k] == expected[k].times) << "vector " << k;
    }
    EXPECT_EQ(rig.x_checker.completed(), expected.size());
    EXPECT_EQ(rig.y_checker.completed(), expected.size());
    EXPECT_EQ(rig.x_checker.in_flight() + rig.y_checker.in_flight(), 0U);
}

using Answer = AnsweringSink::Answer;
TEST(BaseProtocol, SinkMayCompleteInTheReturnValue) { sink_gets_everything(Answer::completed); }
TEST(BaseProtocol, SinkMayReturnEndReq) { sink_gets_everything(Answer::updated_end_req); }
TEST(BaseProtocol, SinkMayReturnBeginResp) { sink_gets_everything(Answer::updated_begin_resp); }
TEST(BaseProtocol, SinkMayLeaveEndReqOut) { sink_gets_everything(Answer::call_begin_resp); }
TEST(BaseProtocol, SinkMayCallBackInsideTheCall) { sink_gets_everything(Answer::call_inside); }
TEST(BaseProtocol, SinkMayRespondLate) { sink_gets_everything(Answer::late_begin_resp); }
TEST(BaseProtocol, SinkMayRespondInAnyOrder) { sink_gets_everything(Answer::newest_first); }

struct SourceRig : TileRig {
    explicit SourceRig(const config::TileConfig& config)
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

std::vector<std::int8_t> vector_of(const Rows<std::int8_t>& inputs, std::size_t k)
{
    return {inputs.row(k), inputs.row(k) + inputs.cols()};
}

/// @param t_end_resp  how long the source takes to end a response; Answer::later
void source_is_served(VectorInitiator::Answer answer, const sc_core::sc_time& t_end_resp)
{
    config::TileConfig c = tiny_tile();
    c.controller.input_slots = 3;
    SourceRig rig(c);
    rig.source.answer = answer;
    rig.source.t_end_resp = t_end_resp;
    Dice dice(4);
    const auto targets = random_targets(c, dice);
    mvm::Job job;
    job.words = random_words(c, dice);
    job.inputs = random_inputs(8, c.rows, dice);
    std::vector<VectorInitiator::Transfer> transfers(8);
    rig.body = [&] {
        rig.program(targets, job.words);
        for (std::size_t k = 0; k < transfers.size(); ++k) {
            transfers[k].x = vector_of(job.inputs, k);
            rig.source.send(transfers[k]);
        }
        for (const auto& transfer : transfers) { rig.source.wait_for(transfer); }
    };
    run_rigs({&rig});
    const auto expected = Expected(c, targets).of(job);
    ASSERT_EQ(rig.records.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        EXPECT_EQ(transfers[k].status, tlm::TLM_OK_RESPONSE);
        EXPECT_GE(transfers[k].answered,
                  static_cast<double>(expected[k].times.counts) * rig.tile.t_clk());
        EXPECT_TRUE(rig.records[k].values == expected[k].values) << "vector " << k;
        EXPECT_TRUE(rig.records[k].times == expected[k].times)
            << "vector " << k << ": a slow END_RESP must not hold up the tile";
    }
    EXPECT_EQ(rig.source.manager.freed, rig.source.manager.allocated);
}

using SourceAnswer = VectorInitiator::Answer;
const sc_core::sc_time soon(3, sc_core::SC_NS);
const sc_core::sc_time after_the_next_read(200, sc_core::SC_NS);
TEST(BaseProtocol, SourceMayReturnEndResp) { source_is_served(SourceAnswer::updated, soon); }
TEST(BaseProtocol, SourceMayCompleteAResponse) { source_is_served(SourceAnswer::completed, soon); }
TEST(BaseProtocol, SourceMayEndAResponseLater) { source_is_served(SourceAnswer::later, soon); }
TEST(BaseProtocol, SourceMayEndAResponseAfterTheNextReadIsOver)
{
    source_is_served(SourceAnswer::later, after_the_next_read);
}

}  // namespace
}  // namespace aimc::test
