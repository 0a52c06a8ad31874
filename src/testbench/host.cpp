// SPDX-License-Identifier: Apache-2.0
#include "aimc/testbench/host.h"

#include <cstring>
#include <stdexcept>
#include <string>

namespace aimc::testbench {

using tile::offset;
using tile::Region;
using tile::Register;

void Host::access(tlm::tlm_command command, std::uint64_t address, void* data, std::size_t length)
{
    tlm::tlm_generic_payload trans;
    trans.set_command(command);
    trans.set_address(address);
    trans.set_data_ptr(static_cast<unsigned char*>(data));
    trans.set_data_length(static_cast<unsigned int>(length));
    trans.set_streaming_width(static_cast<unsigned int>(length));
    trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    reg_isock->b_transport(trans, delay);
    if (trans.is_response_error()) {
        throw std::logic_error("register access at offset " + std::to_string(address) +
                               " answered " + trans.get_response_string());
    }
    sc_core::wait(delay);
}

void Host::write(Register reg, std::uint32_t value)
{
    access(tlm::TLM_WRITE_COMMAND, offset(reg), &value, sizeof value);
}

std::uint32_t Host::read(Register reg)
{
    std::uint32_t value = 0;
    access(tlm::TLM_READ_COMMAND, offset(reg), &value, sizeof value);
    return value;
}

std::uint64_t Host::read_counter(std::size_t index)
{
    std::uint64_t value = 0;
    access(tlm::TLM_READ_COMMAND, offset(Register::counters) + 8 * index, &value, sizeof value);
    return value;
}

void Host::program_weights(const std::vector<std::int16_t>& codes, std::int32_t full_scale)
{
    write(Register::weight_full_scale, static_cast<std::uint32_t>(full_scale));
    std::vector<std::int16_t> words(codes);
    words.resize((codes.size() + 1) / 2 * 2, 0);
    access(tlm::TLM_WRITE_COMMAND, offset(Region::weights), words.data(), 2 * words.size());
}

void Host::load_words(const mvm::PostWords& words, bool is_ldpu)
{
    const auto pair = [](int low, int high) {
        return static_cast<std::uint32_t>(static_cast<std::uint16_t>(low)) |
               static_cast<std::uint32_t>(static_cast<std::uint16_t>(high)) << 16U;
    };
    for (std::size_t c = 0; c < words.nmpu.size(); ++c) {
        const std::uint64_t base = offset(Region::affine) + tile::affine_stride * c;
        if (is_ldpu) {
            const auto& w = words.ldpu[c];
            std::uint32_t raw[3] = {pair(w.scale_p.bits, w.scale_n.bits),
                                    pair(w.offset.bits, w.gamma.bits), pair(w.beta.bits, 0)};
            access(tlm::TLM_WRITE_COMMAND, base + 16, raw, sizeof raw);
        } else {
            const auto& w = words.nmpu[c];
            std::uint32_t raw[2] = {pair(w.s_p, w.s_n), pair(w.o_p, w.o_n)};
            access(tlm::TLM_WRITE_COMMAND, base, raw, sizeof raw);
        }
    }
}

void Host::set_test_currents(const std::vector<std::int32_t>& currents)
{
    std::vector<std::int32_t> words(currents);
    access(tlm::TLM_WRITE_COMMAND, offset(Region::test_currents), words.data(), 4 * words.size());
}

void Host::set_mode(const mvm::PostWords& words, bool adc_test, bool residual_port)
{
    namespace f = tile::fields;
    write(Register::mode,
          put(f::mode_activation, static_cast<std::uint32_t>(words.activation)) |
              put(f::mode_scale_exponent, static_cast<std::uint32_t>(words.scale_exponent)) |
              put(f::mode_adc_test, adc_test ? 1 : 0) |
              put(f::mode_residual_in, words.residual_in ? 1 : 0) |
              put(f::mode_partial_out, words.partial_out ? 1 : 0) |
              put(f::mode_residual_port, residual_port ? 1 : 0));
}

}  // namespace aimc::testbench
