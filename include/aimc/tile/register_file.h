// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/sim/systemc.h"
#include "aimc/tile/backend.h"
#include "aimc/tile/register_state.h"

#include <cstdint>
#include <memory>

namespace aimc::tile {

/// The front door of a tile: its register map (register_map.h) as a TLM-2.0 target, LT and AT.
///
///   RegisterFile registers{"registers", *this, t_clk};
///   registers.reg_tsock.bind(reg_tsock);
///   registers.irq_o(irq_o);
///
/// Each 32-bit word costs n_access cycles. A write or a volatile read happens at now + delay: it
/// waits `delay` first, then adds its own cost. Any other read only adds its cost. A burst has its
/// effects in address order at one moment, or none at all when it is refused:
///
///   COMMAND_ERROR      neither read nor write; a read of a WO or a write to an RO word
///   ADDRESS_ERROR      nothing there, or not a multiple of 4
///   BYTE_ENABLE_ERROR  any byte enables
///   BURST_ERROR        length 0 or not a multiple of 4, past the end of a region or of a run of
///                      registers, streaming width below the length
///   GENERIC_ERROR      a value that the register does not have
///
/// irq_o is a level: (IRQ_STATUS & IRQ_ENABLE) != 0, one delta after the change.
class RegisterFile : public sc_core::sc_module, public BackendListener {
public:
    tlm_utils::simple_target_socket<RegisterFile> reg_tsock{"reg_tsock"};
    sc_core::sc_out<bool> irq_o{"irq_o"};  ///< level, high while an enabled event is pending

    /// @param backend   first asked at the end of elaboration: it may still be under construction
    /// @param t_clk     clock period
    /// @param n_access  [cycles] per 32-bit word. Choice: 1, a single-cycle register bus.
    RegisterFile(const sc_core::sc_module_name& name, Backend& backend,
                 const sc_core::sc_time& t_clk, int n_access = 1);

    /// Registers and banks as after power-up, for the tile's reset; see RegisterState::power_on().
    /// Does not call Backend::reset().
    void power_on_state();

    void on_input_room() override;
    void on_output_waiting() override;

private:
    AIMC_HAS_PROCESS(RegisterFile);
    void before_end_of_elaboration() override;

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned int transport_dbg(tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);

    tlm::tlm_response_status check(const tlm::tlm_generic_payload& trans) const;
    bool may_use_pointer(const RegionInfo& region, tlm::tlm_command command) const;
    void raise(Field what);
    void update_irq();
    void drive_irq();

    Backend& backend_;
    sc_core::sc_time t_access_;             ///< cost of one 32-bit word
    std::unique_ptr<RegisterState> state_;  ///< made before the end of elaboration
    sc_core::sc_event irq_changed_{"irq_changed_"};
};

}  // namespace aimc::tile
