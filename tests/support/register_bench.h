// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/register_file.h"

#include "support/base_protocol_checker.h"
#include "support/fake_backend.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace aimc::test {

/// Runs a test's body in a process, where it may wait.
class Script : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<Script> isock{"isock"};
    std::function<void()> body;
    bool finished = false;

    explicit Script(const sc_core::sc_module_name& name) : sc_module(name) { SC_THREAD(run); }

private:
    AIMC_HAS_PROCESS(Script);
    void run()
    {
        if (body) { body(); }
        finished = true;
    }
};

/// A register file of 5 rows and 3 columns (odd on purpose), a clock of 1 ns, a fake tile behind
/// it, a loosely-timed initiator before it, and the protocol checker in between.
struct RegisterBench : sc_core::sc_module {  // a module, so that two of them can have names
    static constexpr std::size_t rows = 5;
    static constexpr std::size_t cols = 3;

    explicit RegisterBench(int n_access = 1,
                           const sc_core::sc_module_name& name = sc_core::sc_module_name("bench"))
        : sc_module(name), dut("dut", backend, sc_core::sc_time(1, sc_core::SC_NS), n_access)
    {
        cpu.isock.bind(checker.tsock);
        checker.isock.bind(dut.reg_tsock);
        dut.irq_o(irq);
    }

    void run(std::function<void()> body)
    {
        cpu.body = std::move(body);
        sc_core::sc_start();
        EXPECT_TRUE(cpu.finished);
        EXPECT_TRUE(checker.violations().empty()) << checker.text();
    }

    /// Something that happens behind the register file's back, `t` from now.
    void later(const sc_core::sc_time& t, const std::function<void()>& what)
    {
        sc_core::sc_spawn([t, what] {
            sc_core::wait(t);
            what();
        });
    }

    struct Result {
        tlm::tlm_response_status status;
        sc_core::sc_time delay;
        bool dmi_hint;
    };

    /// A transaction that a test may spoil before it is sent.
    struct Access {
        Access(tlm::tlm_command command, std::uint64_t address, std::vector<std::uint32_t>& words)
        {
            trans.set_command(command);
            trans.set_address(address);
            trans.set_data_ptr(reinterpret_cast<unsigned char*>(words.data()));
            trans.set_data_length(static_cast<unsigned int>(4 * words.size()));
            trans.set_streaming_width(trans.get_data_length());
        }
        tlm::tlm_generic_payload trans;
    };

    Result send(Access& access, sc_core::sc_time delay = sc_core::SC_ZERO_TIME)
    {
        cpu.isock->b_transport(access.trans, delay);
        return {access.trans.get_response_status(), delay, access.trans.is_dmi_allowed()};
    }
    Result read(std::uint64_t address, std::vector<std::uint32_t>& words,
                const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME)
    {
        Access access(tlm::TLM_READ_COMMAND, address, words);
        return send(access, delay);
    }
    Result write(std::uint64_t address, std::vector<std::uint32_t> words,
                 const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME)
    {
        Access access(tlm::TLM_WRITE_COMMAND, address, words);
        return send(access, delay);
    }

    /// One word that must be readable (writable).
    std::uint32_t get(tile::Register reg)
    {
        std::vector<std::uint32_t> words(1);
        EXPECT_EQ(read(offset(reg), words).status, tlm::TLM_OK_RESPONSE);
        return words[0];
    }
    void set(tile::Register reg, std::uint32_t word)
    {
        EXPECT_EQ(write(offset(reg), {word}).status, tlm::TLM_OK_RESPONSE);
    }

    FakeBackend backend{rows, cols};
    sc_core::sc_signal<bool> irq{"irq"};
    tile::RegisterFile dut;
    BaseProtocolChecker checker{"checker"};
    Script cpu{"cpu"};
};

}  // namespace aimc::test
