// SPDX-License-Identifier: Apache-2.0
// The register file under an approximately-timed initiator, and two of them side by side.
#include "aimc/tile/register_file.h"

#include "support/at_initiator.h"
#include "support/register_bench.h"

#include <gtest/gtest.h>

#include <memory>

namespace aimc::tile {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using test::AtInitiator;
using test::BaseProtocolChecker;
using test::FakeBackend;

sc_time ns(int n) { return {static_cast<double>(n), SC_NS}; }

struct AtBench : sc_core::sc_module {
    explicit AtBench(AtInitiator::Answer answer,
                     const sc_core::sc_module_name& name = sc_core::sc_module_name("at_bench"))
        : sc_module(name)
    {
        at.answer = answer;
        at.isock.bind(checker.tsock);
        checker.isock.bind(dut.reg_tsock);
        dut.irq_o(irq);
    }
    void run(const std::function<void()>& body)
    {
        bool finished = false;
        sc_core::sc_spawn([&] {
            body();
            finished = true;
        });
        sc_core::sc_start();
        EXPECT_TRUE(finished);
        EXPECT_TRUE(checker.violations().empty()) << checker.text();
        EXPECT_EQ(checker.in_flight(), 0U);
        EXPECT_EQ(at.manager.freed, at.manager.allocated) << "a payload was lost";
    }
    FakeBackend backend{5, 3};
    sc_core::sc_signal<bool> irq{"irq"};
    RegisterFile dut{"dut", backend, ns(1), 2};
    BaseProtocolChecker checker{"checker"};
    AtInitiator at{"at"};
};

void walk_through(AtInitiator::Answer answer)
{
    AtBench b(answer);
    b.run([&] {
        AtInitiator::Transfer id{{0}};
        b.at.send(tlm::TLM_READ_COMMAND, offset(Register::id), id);
        b.at.wait_for(id);
        EXPECT_EQ(id.status, tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(id.words[0], id_value);
        EXPECT_EQ(id.answered, ns(2)) << "one word of two cycles";

        AtInitiator::Transfer wrong{{0}};
        b.at.send(tlm::TLM_READ_COMMAND, 0x30, wrong);
        b.at.wait_for(wrong);
        EXPECT_EQ(wrong.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);

        // Four in a row: the next request may go before the response of the last has ended.
        const sc_time begun = sc_core::sc_time_stamp();
        std::vector<AtInitiator::Transfer> many(4);
        for (std::uint32_t i = 0; i < 4; ++i) {
            many[i].words = {2 * i, 2 * i + 1};
            b.at.send(tlm::TLM_WRITE_COMMAND, offset(Region::weights) + 8 * i, many[i]);
        }
        for (const auto& t : many) { b.at.wait_for(t); }
        for (const auto& t : many) { EXPECT_EQ(t.status, tlm::TLM_OK_RESPONSE); }
        EXPECT_EQ(many[0].answered, begun + ns(4));
        EXPECT_EQ(many[3].answered, begun + ns(16)) << "END_RESP after 3 ns never delays the next";
        EXPECT_EQ(b.backend.weights[14], 7);
    });
    EXPECT_EQ(b.checker.completed(), 6U);
}

TEST(RegisterFileAt, EndsResponsesLater) { walk_through(AtInitiator::Answer::later); }
TEST(RegisterFileAt, EndsResponsesInTheReturnedPhase)
{
    walk_through(AtInitiator::Answer::updated);
}
TEST(RegisterFileAt, EndsResponsesByCompleting) { walk_through(AtInitiator::Answer::completed); }

TEST(RegisterFileAt, KeepsOneResponseAtATimeUnderASlowInitiator)
{
    AtBench b(AtInitiator::Answer::later);
    b.at.t_end_resp = ns(50);
    b.run([&] {
        std::vector<AtInitiator::Transfer> two(2);
        for (auto& t : two) {
            t.words = {0};
            b.at.send(tlm::TLM_READ_COMMAND, offset(Register::id), t);
        }
        b.at.wait_for(two[1]);
        EXPECT_EQ(two[0].answered, ns(2));
        EXPECT_EQ(two[1].answered, ns(52)) << "the second response waits for END_RESP of the first";
    });
}

TEST(RegisterFileAt, DoesNotDisturbItsNeighbour)
{
    AtBench a(AtInitiator::Answer::completed);
    test::RegisterBench lt;
    lt.cpu.body = [&] {
        lt.set(Register::irq_enable, 7);
        for (std::int32_t i = 0; i < 20; ++i) {
            lt.write(offset(Region::test_currents), {static_cast<std::uint32_t>(i)});
            sc_core::wait(1, SC_NS);
            EXPECT_EQ(lt.backend.test_currents[0], i);
        }
        lt.dut.on_input_room();
        sc_core::wait(1, SC_NS);
        EXPECT_TRUE(lt.irq.read());
        EXPECT_FALSE(a.irq.read());
    };
    a.run([&] {
        for (std::uint32_t i = 0; i < 10; ++i) {
            AtInitiator::Transfer t{{100 + i}};
            a.at.send(tlm::TLM_WRITE_COMMAND, offset(Region::test_currents), t);
            a.at.wait_for(t);
            EXPECT_EQ(a.backend.test_currents[0], static_cast<std::int32_t>(100 + i));
        }
    });
    EXPECT_TRUE(lt.cpu.finished);
    EXPECT_EQ(lt.backend.test_currents[0], 19);
    EXPECT_TRUE(lt.checker.violations().empty()) << lt.checker.text();
}

}  // namespace
}  // namespace aimc::tile
