// SPDX-License-Identifier: Apache-2.0
// The checker itself: it stays silent for a good target and speaks up for each bad habit.
#include "support/base_protocol_checker.h"

#include "support/at_initiator.h"

#include <gtest/gtest.h>

#include <functional>

namespace aimc::test {
namespace {

using tlm::tlm_generic_payload;
using tlm::tlm_phase;

/// A test plays both sides by hand.
struct Hands : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Hands> isock{"isock"};
    tlm_utils::simple_target_socket<Hands> tsock{"tsock"};
    BaseProtocolChecker checker{"checker"};
    CountingManager manager;
    std::function<tlm::tlm_sync_enum(tlm_generic_payload&, tlm_phase&)> on_fw;  ///< the target
    unsigned char data[4] = {};

    explicit Hands(const sc_core::sc_module_name& name) : sc_module(name)
    {
        isock.register_nb_transport_bw(this, &Hands::nb_transport_bw);
        tsock.register_nb_transport_fw(this, &Hands::nb_transport_fw);
        isock.bind(checker.tsock);
        checker.isock.bind(tsock);
    }
    tlm_generic_payload& make()
    {
        tlm_generic_payload& trans = manager.allocate();
        trans.acquire();
        trans.set_command(tlm::TLM_WRITE_COMMAND);
        trans.set_data_ptr(data);
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        return trans;
    }
    void fw(tlm_generic_payload& trans, tlm_phase phase)
    {
        start();
        sc_core::sc_time delay;
        isock->nb_transport_fw(trans, phase, delay);
    }
    void bw(tlm_generic_payload& trans, tlm_phase phase)
    {
        start();
        sc_core::sc_time delay;
        if (phase == tlm::BEGIN_RESP && set_status) {
            trans.set_response_status(tlm::TLM_OK_RESPONSE);
        }
        tsock->nb_transport_bw(trans, phase, delay);
    }
    bool set_status = true;

private:
    static void start()  // elaborates on the first call; no process is needed
    {
        if (!sc_core::sc_start_of_simulation_invoked()) {
            sc_core::sc_start(sc_core::SC_ZERO_TIME);
        }
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm_generic_payload& trans, tlm_phase& phase,
                                       sc_core::sc_time&)
    {
        return on_fw ? on_fw(trans, phase) : tlm::TLM_ACCEPTED;
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm_generic_payload&, tlm_phase&, sc_core::sc_time&)
    {
        return tlm::TLM_ACCEPTED;
    }
};

testing::AssertionResult says(const Hands& h, const std::string& rule)
{
    if (h.checker.text().find(rule) != std::string::npos) { return testing::AssertionSuccess(); }
    return testing::AssertionFailure() << "violations: " << h.checker.text();
}

TEST(BaseProtocolChecker, IsSilentForTheFourPhases)
{
    Hands h("h");
    tlm_generic_payload& a = h.make();
    tlm_generic_payload& b = h.make();
    h.fw(a, tlm::BEGIN_REQ);
    h.bw(a, tlm::END_REQ);
    h.fw(b, tlm::BEGIN_REQ);
    h.bw(a, tlm::BEGIN_RESP);
    h.fw(a, tlm::END_RESP);
    h.bw(b, tlm::BEGIN_RESP);
    h.fw(b, tlm::END_RESP);
    EXPECT_TRUE(h.checker.violations().empty()) << h.checker.text();
    EXPECT_EQ(h.checker.completed(), 2U);
    EXPECT_EQ(h.manager.freed, 0U) << "the checker dropped more than its own reference";
    a.release();
    b.release();
    EXPECT_EQ(h.manager.freed, 2U);
}

TEST(BaseProtocolChecker, IsSilentForShortcuts)
{
    Hands h("h");
    h.on_fw = [](tlm_generic_payload& trans, tlm_phase& phase) {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        phase = tlm::BEGIN_RESP;
        return tlm::TLM_UPDATED;
    };
    tlm_generic_payload& a = h.make();
    h.fw(a, tlm::BEGIN_REQ);
    h.on_fw = nullptr;
    h.fw(a, tlm::END_RESP);
    h.on_fw = [](tlm_generic_payload& trans, tlm_phase&) {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        return tlm::TLM_COMPLETED;
    };
    tlm_generic_payload& b = h.make();
    h.fw(b, tlm::BEGIN_REQ);
    EXPECT_TRUE(h.checker.violations().empty()) << h.checker.text();
    EXPECT_EQ(h.checker.completed(), 2U);
    a.release();
    b.release();
}

TEST(BaseProtocolChecker, SeesASecondRequest)
{
    Hands h("h");
    h.fw(h.make(), tlm::BEGIN_REQ);
    h.fw(h.make(), tlm::BEGIN_REQ);
    EXPECT_TRUE(says(h, "BEGIN_REQ while another request is open"));
}

TEST(BaseProtocolChecker, SeesASecondResponse)
{
    Hands h("h");
    tlm_generic_payload& a = h.make();
    tlm_generic_payload& b = h.make();
    h.fw(a, tlm::BEGIN_REQ);
    h.bw(a, tlm::BEGIN_RESP);
    h.fw(b, tlm::BEGIN_REQ);
    h.bw(b, tlm::BEGIN_RESP);
    EXPECT_TRUE(says(h, "BEGIN_RESP while another response is open"));
}

TEST(BaseProtocolChecker, SeesPhasesOutOfOrder)
{
    Hands h("h");
    tlm_generic_payload& a = h.make();
    h.bw(a, tlm::BEGIN_RESP);
    EXPECT_TRUE(says(h, "has not begun"));
    a.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    h.fw(a, tlm::BEGIN_REQ);
    h.fw(a, tlm::END_RESP);
    EXPECT_TRUE(says(h, "END_RESP without an open response"));
    tlm_generic_payload& b = h.make();
    h.fw(b, tlm::BEGIN_REQ);
    h.bw(b, tlm::END_REQ);
    h.bw(b, tlm::END_REQ);
    EXPECT_TRUE(says(h, "END_REQ without an open request"));
}

TEST(BaseProtocolChecker, SeesAChangedRequest)
{
    Hands h("h");
    tlm_generic_payload& a = h.make();
    h.fw(a, tlm::BEGIN_REQ);
    a.set_address(4);
    h.bw(a, tlm::END_REQ);
    EXPECT_TRUE(says(h, "request changed on the way"));
}

TEST(BaseProtocolChecker, SeesChangedWriteData)
{
    Hands h("h");
    tlm_generic_payload& a = h.make();
    h.fw(a, tlm::BEGIN_REQ);
    h.data[3] = 1;
    h.bw(a, tlm::END_REQ);
    EXPECT_TRUE(says(h, "request changed on the way"));
}

TEST(BaseProtocolChecker, SeesAResponseWithoutAStatus)
{
    Hands h("h");
    h.set_status = false;
    tlm_generic_payload& a = h.make();
    h.fw(a, tlm::BEGIN_REQ);
    h.bw(a, tlm::BEGIN_RESP);
    EXPECT_TRUE(says(h, "response without a status"));
}

TEST(BaseProtocolChecker, SeesAnAcceptedCallThatChangedThePhase)
{
    Hands h("h");
    h.on_fw = [](tlm_generic_payload&, tlm_phase& phase) {
        phase = tlm::END_REQ;
        return tlm::TLM_ACCEPTED;
    };
    h.fw(h.make(), tlm::BEGIN_REQ);
    EXPECT_TRUE(says(h, "TLM_ACCEPTED changed an argument"));
}

TEST(BaseProtocolChecker, SeesAReferenceThatIsGivenUpTooEarly)
{
    Hands h("h");
    tlm_generic_payload& a = h.make();
    h.fw(a, tlm::BEGIN_REQ);
    h.bw(a, tlm::BEGIN_RESP);
    a.release();
    h.fw(a, tlm::END_RESP);
    EXPECT_TRUE(says(h, "the initiator let go before the end"));
}

TEST(BaseProtocolChecker, SeesAPayloadWithoutAManager)
{
    Hands h("h");
    tlm_generic_payload bare;
    h.fw(bare, tlm::BEGIN_REQ);
    EXPECT_TRUE(says(h, "no memory manager or reference"));
}

}  // namespace
}  // namespace aimc::test
