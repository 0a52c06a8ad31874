// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/register_file.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

namespace aimc::tile {
namespace {

/// For whoever asks for verbosity SC_HIGH; the initiator has the response status.
void report_refusal(const tlm::tlm_generic_payload& trans)
{
    char text[80];
    std::snprintf(text, sizeof text, "%s at 0x%08llx", trans.get_response_string().c_str(),
                  static_cast<unsigned long long>(trans.get_address()));
    SC_REPORT_INFO_VERB("/aimc/tile/registers", text, sc_core::SC_HIGH);
}

}  // namespace

RegisterFile::RegisterFile(const sc_core::sc_module_name& name, Backend& backend,
                           const sc_core::sc_time& t_clk, int n_access)
    : sc_module(name), backend_(backend), t_access_(n_access * t_clk)
{
    // No nb_transport_fw of our own: for approximately-timed initiators the socket runs b_transport
    // in a process of its own and answers with BEGIN_RESP when the access time is over. That leaves
    // END_REQ out, which the base protocol allows, and lets one request run at a time, which is
    // what a register bus does. The socket waits for END_RESP before the next BEGIN_RESP; an
    // initiator returns it as TLM_UPDATED or sends it later. Sent from inside nb_transport_bw and
    // answered with TLM_ACCEPTED on top, it would be missed.
    reg_tsock.register_b_transport(this, &RegisterFile::b_transport);
    reg_tsock.register_transport_dbg(this, &RegisterFile::transport_dbg);
    reg_tsock.register_get_direct_mem_ptr(this, &RegisterFile::get_direct_mem_ptr);

    SC_METHOD(drive_irq);  // runs at the start too: the pin is driven from the first delta on
    sensitive << irq_changed_;
}

void RegisterFile::before_end_of_elaboration()
{
    state_ = std::make_unique<RegisterState>(backend_);
}

void RegisterFile::power_on_state()
{
    if (!state_) { return; }  // under construction: nothing to undo yet
    state_->power_on();
    update_irq();
}

void RegisterFile::on_input_room() { raise(fields::irq_input_room); }
void RegisterFile::on_output_waiting() { raise(fields::irq_output_ready); }

void RegisterFile::raise(Field what)
{
    if (!state_) { return; }
    state_->raise(what);
    update_irq();
}

void RegisterFile::update_irq() { irq_changed_.notify(sc_core::SC_ZERO_TIME); }
void RegisterFile::drive_irq() { irq_o.write(state_->irq()); }

tlm::tlm_response_status RegisterFile::check(const tlm::tlm_generic_payload& trans) const
{
    if (!trans.is_read() && !trans.is_write()) { return tlm::TLM_COMMAND_ERROR_RESPONSE; }
    const std::uint64_t address = trans.get_address();
    const std::uint64_t room = state_->map().bytes_from(address);
    if (address % 4 != 0 || room == 0) { return tlm::TLM_ADDRESS_ERROR_RESPONSE; }
    if (trans.get_byte_enable_ptr() != nullptr) { return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE; }
    const unsigned int length = trans.get_data_length();
    if (length == 0 || length % 4 != 0 || length > room || trans.get_streaming_width() < length) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    const bool allowed = trans.is_write() ? state_->map().can_write(address, length / 4)
                                          : state_->map().can_read(address, length / 4);
    return allowed ? tlm::TLM_OK_RESPONSE : tlm::TLM_COMMAND_ERROR_RESPONSE;
}

void RegisterFile::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay)
{
    // Choice: a refused access takes no time; the initiator has made a mistake, not a transfer.
    trans.set_response_status(check(trans));
    if (!trans.is_response_ok()) { return; }
    sc_assert(trans.get_data_ptr() != nullptr);

    const std::uint64_t address = trans.get_address();
    const std::size_t length = trans.get_data_length();
    std::vector<std::uint32_t> words(length / 4);
    if (trans.is_write()) {
        std::memcpy(words.data(), trans.get_data_ptr(), length);
        if (!state_->accepts(address, words.data(), words.size())) {
            trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
            report_refusal(trans);
            return;
        }
    }
    const bool must_wait = trans.is_write() || state_->map().any_volatile(address, words.size());
    if (must_wait && delay > sc_core::SC_ZERO_TIME) {
        sc_core::wait(delay);
        delay = sc_core::SC_ZERO_TIME;
    }
    if (trans.is_write()) {
        state_->write(address, words.data(), words.size());
        update_irq();
    } else {
        state_->read(address, words.data(), words.size());
        std::memcpy(trans.get_data_ptr(), words.data(), length);
    }
    delay += static_cast<double>(words.size()) * t_access_;

    const RegionInfo* region = state_->map().find_region(address);
    trans.set_dmi_allowed(region != nullptr && may_use_pointer(*region, trans.get_command()));
}

unsigned int RegisterFile::transport_dbg(tlm::tlm_generic_payload& trans)
{
    // A debugger may ask for any byte; it gets what lies in one region. Choice: it may write where
    // a word is only stored. Registers act, and weights are programmed; those it cannot write.
    if (!trans.is_read() && !trans.is_write()) { return 0; }
    const RegisterMap& map = state_->map();
    const std::uint64_t address = trans.get_address();
    const std::uint64_t room = map.bytes_from(address);
    const std::size_t length = std::min<std::uint64_t>(trans.get_data_length(), room);
    if (length == 0) { return 0; }
    sc_assert(trans.get_data_ptr() != nullptr);

    const std::uint64_t first = address / 4 * 4;
    const std::size_t skip = address - first;
    std::vector<std::uint32_t> words((skip + length + 3) / 4);
    state_->read(first, words.data(), words.size());
    auto* bytes = reinterpret_cast<unsigned char*>(words.data()) + skip;
    if (trans.is_read()) {
        std::memcpy(trans.get_data_ptr(), bytes, length);
        return static_cast<unsigned int>(length);
    }
    const RegionInfo* region = map.find_region(address);
    if (region == nullptr || region->access != Access::rw || region->region == Region::weights) {
        return 0;
    }
    std::memcpy(bytes, trans.get_data_ptr(), length);
    if (!state_->accepts(first, words.data(), words.size())) { return 0; }
    state_->write(first, words.data(), words.size());
    return static_cast<unsigned int>(length);
}

bool RegisterFile::may_use_pointer(const RegionInfo& region, tlm::tlm_command command) const
{
    const bool writes = command == tlm::TLM_WRITE_COMMAND;
    return region.has_dmi &&
           (writes ? region.access == Access::rw : command == tlm::TLM_READ_COMMAND);
}

bool RegisterFile::get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi)
{
    const std::uint64_t address = trans.get_address();
    const RegionInfo* region = state_->map().find_region(address);
    // A refusal names what is refused: this whole region, or this byte where nothing is.
    dmi.set_start_address(region != nullptr ? region->begin() : address);
    dmi.set_end_address(region != nullptr ? region->end() - 1 : address);
    if (region == nullptr || !may_use_pointer(*region, trans.get_command())) {
        if (region != nullptr && region->has_dmi && trans.is_write()) {
            dmi.allow_write();
        } else {
            dmi.allow_read_write();
        }
        return false;
    }
    dmi.set_dmi_ptr(reinterpret_cast<unsigned char*>(state_->memory(region->region)));
    if (region->access == Access::rw) {
        dmi.allow_read_write();
    } else {
        dmi.allow_read();
    }
    const sc_core::sc_time t_byte = t_access_ / 4.0;  // TLM counts latency per byte
    dmi.set_read_latency(t_byte);
    dmi.set_write_latency(t_byte);
    return true;
}

}  // namespace aimc::tile
