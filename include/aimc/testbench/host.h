// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/post.h"
#include "aimc/sim/systemc.h"
#include "aimc/tile/register_map.h"

#include <cstdint>
#include <vector>

namespace aimc::testbench {

/// The processor beside the tile: LT initiator on its registers. All calls may wait, so they belong
/// in a thread. A response other than OK is our own mistake and ends the run (std::logic_error).
class Host : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<Host> reg_isock{"reg_isock"};

    explicit Host(const sc_core::sc_module_name& name) : sc_module(name) {}

    void write(tile::Register reg, std::uint32_t value);
    std::uint32_t read(tile::Register reg);
    /// 64-bit counter number `index` of the map.
    std::uint64_t read_counter(std::size_t index);
    /// @param codes  row-major; an odd number gets a zero cell behind it in the last word
    void program_weights(const std::vector<std::int16_t>& codes, std::int32_t full_scale);
    void load_words(const mvm::PostWords& words, bool is_ldpu);
    void set_test_currents(const std::vector<std::int32_t>& currents);
    /// @param residual_port  residual words come by the residual port
    void set_mode(const mvm::PostWords& words, bool adc_test, bool residual_port = false);

private:
    void access(tlm::tlm_command command, std::uint64_t address, void* data, std::size_t length);
};

}  // namespace aimc::testbench
