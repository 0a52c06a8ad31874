// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace aimc::test {

/// Sits between an initiator and a target, passes everything on and writes down what the TLM-2.0
/// base protocol forbids. It adds no time and no process.
///
///   BaseProtocolChecker checker{"checker"};
///   initiator.isock.bind(checker.tsock);
///   checker.isock.bind(target.tsock);
///   ...
///   EXPECT_TRUE(checker.violations().empty()) << checker.text();
///
/// Checked: order and direction of the phases, one request and one response at a time, time never
/// going back, TLM_ACCEPTED leaving its arguments alone, request fields and written data not
/// touched, response status set, a memory manager and a reference held until the end.
class BaseProtocolChecker : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<BaseProtocolChecker> tsock{"tsock"};  ///< the initiator's side
    tlm_utils::simple_initiator_socket<BaseProtocolChecker> isock{"isock"};  ///< the target's side

    explicit BaseProtocolChecker(const sc_core::sc_module_name& name) : sc_module(name)
    {
        tsock.register_nb_transport_fw(this, &BaseProtocolChecker::nb_transport_fw);
        tsock.register_b_transport(this, &BaseProtocolChecker::b_transport);
        tsock.register_transport_dbg(this, &BaseProtocolChecker::transport_dbg);
        tsock.register_get_direct_mem_ptr(this, &BaseProtocolChecker::get_direct_mem_ptr);
        isock.register_nb_transport_bw(this, &BaseProtocolChecker::nb_transport_bw);
        isock.register_invalidate_direct_mem_ptr(this, &BaseProtocolChecker::invalidate);
    }

    const std::vector<std::string>& violations() const { return violations_; }
    std::size_t completed() const { return completed_; }       ///< transactions seen to their end
    std::size_t in_flight() const { return watched_.size(); }  ///< begun, not ended
    std::string text() const
    {
        std::string all;
        for (const std::string& v : violations_) { all += v + "\n"; }
        return all;
    }

private:
    using Payload = tlm::tlm_generic_payload;
    using Time = sc_core::sc_time;
    enum class Side { initiator, target };  ///< who made the phase happen
    enum class State { requesting, waiting, responding };

    struct Request {  ///< what nobody but the initiator may set
        tlm::tlm_command command;
        sc_dt::uint64 address;
        unsigned char* data;
        unsigned int length;
        unsigned char* enables;
        unsigned int enable_length;
        unsigned int streaming_width;
        std::vector<unsigned char> written;

        explicit Request(const Payload& p)
            : command(p.get_command()),
              address(p.get_address()),
              data(p.get_data_ptr()),
              length(p.get_data_length()),
              enables(p.get_byte_enable_ptr()),
              enable_length(p.get_byte_enable_length()),
              streaming_width(p.get_streaming_width())
        {
            if (p.is_write() && data != nullptr) { written.assign(data, data + length); }
        }
        bool operator==(const Request& o) const
        {
            return command == o.command && address == o.address && data == o.data &&
                   length == o.length && enables == o.enables && enable_length == o.enable_length &&
                   streaming_width == o.streaming_width && written == o.written;
        }
    };
    struct Watch {
        Request request;
        State state;
        Time last;  ///< when the last phase takes effect
    };

    void require(bool good, const std::string& rule)
    {
        if (!good) { violations_.push_back(sc_core::sc_time_stamp().to_string() + ": " + rule); }
    }

    bool any_in(State state) const
    {
        for (const auto& [trans, watch] : watched_) {
            if (watch.state == state) { return true; }
        }
        return false;
    }

    void begin(Payload& trans, const Time& at)
    {
        require(watched_.count(&trans) == 0, "BEGIN_REQ of a transaction that is not over");
        require(!any_in(State::requesting), "BEGIN_REQ while another request is open");
        require(trans.has_mm() && trans.get_ref_count() >= 1, "no memory manager or reference");
        require(trans.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
                "response status set before the request");
        require(!trans.is_dmi_allowed(), "DMI hint set before the request");
        if (watched_.count(&trans) != 0 || !trans.has_mm()) { return; }
        trans.acquire();  // ours, until the end: what we look at must still be there
        watched_.insert({&trans, {Request(trans), State::requesting, at}});
    }

    /// At a call the initiator's reference is there beside ours. At a return it may be gone: an
    /// initiator may let go inside the call that ends the transaction.
    void check_reference(Payload& trans)
    {
        const int ours = watched_.count(&trans) == 0 ? 0 : 1;
        require(!trans.has_mm() || trans.get_ref_count() > ours,
                "the initiator let go before the end");
    }

    void check_response(const Payload& trans)
    {
        require(trans.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
                "response without a status");
    }

    void step(Payload& trans, const tlm::tlm_phase& phase, const Time& delay, Side side)
    {
        const Time at = sc_core::sc_time_stamp() + delay;
        if (phase == tlm::BEGIN_REQ) {
            require(side == Side::initiator, "BEGIN_REQ from the target");
            begin(trans, at);
            return;
        }
        const auto found = watched_.find(&trans);
        if (found == watched_.end()) {
            require(false, "phase of a transaction that has not begun or is over");
            return;
        }
        Watch& watch = found->second;
        require(watch.request == Request(trans), "request changed on the way");
        require(at >= watch.last, "phase before the one that precedes it");
        watch.last = at;
        if (phase == tlm::END_REQ) {
            require(side == Side::target, "END_REQ from the initiator");
            require(watch.state == State::requesting, "END_REQ without an open request");
            watch.state = State::waiting;
        } else if (phase == tlm::BEGIN_RESP) {
            require(side == Side::target, "BEGIN_RESP from the initiator");
            require(watch.state != State::responding, "BEGIN_RESP twice");
            watch.state = State::waiting;
            require(!any_in(State::responding), "BEGIN_RESP while another response is open");
            watch.state = State::responding;
            check_response(trans);
        } else if (phase == tlm::END_RESP) {
            require(side == Side::initiator, "END_RESP from the target");
            require(watch.state == State::responding, "END_RESP without an open response");
            end(trans);
        } else {
            require(false, "phase outside the base protocol");
        }
    }

    void end(Payload& trans)
    {
        if (watched_.erase(&trans) == 0) { return; }
        ++completed_;
        trans.release();
    }

    /// What a return value says. @param callee  who returned it
    void returned(tlm::tlm_sync_enum status, Payload& trans, const tlm::tlm_phase& called_with,
                  const tlm::tlm_phase& phase, const Time& called_at, const Time& delay,
                  Side callee)
    {
        if (status == tlm::TLM_ACCEPTED) {
            require(phase == called_with && delay == called_at, "TLM_ACCEPTED changed an argument");
        } else if (called_with == tlm::END_RESP) {
            require(status == tlm::TLM_COMPLETED, "END_RESP was answered with a phase");
        } else if (status == tlm::TLM_UPDATED) {
            step(trans, phase, delay, callee);
        } else {
            if (callee == Side::target) { check_response(trans); }
            end(trans);
        }
    }

    tlm::tlm_sync_enum nb_transport_fw(Payload& trans, tlm::tlm_phase& phase, Time& delay)
    {
        const tlm::tlm_phase called_with = phase;
        const Time called_at = delay;
        check_reference(trans);
        step(trans, phase, delay, Side::initiator);
        const auto status = isock->nb_transport_fw(trans, phase, delay);
        returned(status, trans, called_with, phase, called_at, delay, Side::target);
        return status;
    }

    tlm::tlm_sync_enum nb_transport_bw(Payload& trans, tlm::tlm_phase& phase, Time& delay)
    {
        const tlm::tlm_phase called_with = phase;
        const Time called_at = delay;
        check_reference(trans);
        step(trans, phase, delay, Side::target);
        const auto status = tsock->nb_transport_bw(trans, phase, delay);
        returned(status, trans, called_with, phase, called_at, delay, Side::initiator);
        return status;
    }

    void b_transport(Payload& trans, Time& delay)
    {
        const Time begun = sc_core::sc_time_stamp() + delay;
        const Request before(trans);
        isock->b_transport(trans, delay);
        require(before == Request(trans), "request changed on the way");
        require(sc_core::sc_time_stamp() + delay >= begun, "b_transport went back in time");
        check_response(trans);
    }

    unsigned int transport_dbg(Payload& trans)
    {
        const Time now = sc_core::sc_time_stamp();
        const unsigned int n = isock->transport_dbg(trans);
        require(n <= trans.get_data_length(), "transport_dbg gave more than was asked");
        require(now == sc_core::sc_time_stamp(), "transport_dbg took time");
        return n;
    }

    bool get_direct_mem_ptr(Payload& trans, tlm::tlm_dmi& dmi)
    {
        const bool granted = isock->get_direct_mem_ptr(trans, dmi);
        require(dmi.get_start_address() <= trans.get_address() &&
                    trans.get_address() <= dmi.get_end_address(),
                "DMI range without the address that was asked");
        require(!granted || dmi.get_dmi_ptr() != nullptr, "DMI granted without a pointer");
        return granted;
    }

    void invalidate(sc_dt::uint64 begin, sc_dt::uint64 end)
    {
        tsock->invalidate_direct_mem_ptr(begin, end);
    }

    std::map<Payload*, Watch> watched_;  ///< begun, not ended
    std::vector<std::string> violations_;
    std::size_t completed_ = 0;
};

}  // namespace aimc::test
