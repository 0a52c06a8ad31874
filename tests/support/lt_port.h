// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"
#include "aimc/tile/register_map.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace aimc::test {

/// Loosely-timed initiator whose answers a test may look at. Call it from a thread. What has no
/// status to return expects an OK.
class LtPort : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<LtPort> isock{"isock"};

    explicit LtPort(const sc_core::sc_module_name& name) : sc_module(name) {}

    /// Moves bytes and adds the time that this takes to `delay`.
    tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                    std::size_t length, sc_core::sc_time& delay)
    {
        tlm::tlm_generic_payload trans;
        trans.set_command(command);
        trans.set_address(address);
        trans.set_data_ptr(static_cast<unsigned char*>(data));
        trans.set_data_length(static_cast<unsigned int>(length));
        trans.set_streaming_width(static_cast<unsigned int>(length));
        isock->b_transport(trans, delay);
        return trans.get_response_status();
    }
    /// The same, and lets the time pass.
    tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                    std::size_t length)
    {
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        const auto status = access(command, address, data, length, delay);
        sc_core::wait(delay);
        return status;
    }
    std::vector<std::uint32_t> read(std::uint64_t address, std::size_t n)
    {
        std::vector<std::uint32_t> words(n);
        EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address, words.data(), 4 * n),
                  tlm::TLM_OK_RESPONSE);
        return words;
    }
    void write(std::uint64_t address, std::vector<std::uint32_t> words)
    {
        EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, address, words.data(), 4 * words.size()),
                  tlm::TLM_OK_RESPONSE);
    }
    std::uint32_t get(tile::Register reg) { return read(offset(reg), 1)[0]; }
    void set(tile::Register reg, std::uint32_t word) { write(offset(reg), {word}); }
    /// Returns at the moment of the effect, before the cycles of the access have passed.
    void set_at_once(tile::Register reg, std::uint32_t word)
    {
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, offset(reg), &word, sizeof word, delay),
                  tlm::TLM_OK_RESPONSE);
    }

    /// Without time and side effect. @returns the bytes, as many as the target gave
    std::vector<unsigned char> debug_read(std::uint64_t address, std::size_t length)
    {
        std::vector<unsigned char> bytes(length);
        tlm::tlm_generic_payload trans;
        trans.set_command(tlm::TLM_READ_COMMAND);
        trans.set_address(address);
        trans.set_data_ptr(bytes.data());
        trans.set_data_length(static_cast<unsigned int>(length));
        trans.set_streaming_width(static_cast<unsigned int>(length));
        bytes.resize(isock->transport_dbg(trans));
        return bytes;
    }
    bool ask_dmi(tlm::tlm_command command, std::uint64_t address, tlm::tlm_dmi& dmi)
    {
        tlm::tlm_generic_payload trans;
        trans.set_command(command);
        trans.set_address(address);
        return isock->get_direct_mem_ptr(trans, dmi);
    }
};

}  // namespace aimc::test
