// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/tile/adc_bank.h"
#include "aimc/tile/controller.h"
#include "aimc/tile/crossbar_array.h"
#include "aimc/tile/dac_bank.h"
#include "aimc/tile/output_buffer.h"
#include "aimc/tile/post_bank.h"
#include "aimc/tile/register_file.h"
#include "aimc/tile/residual_port.h"

#include <memory>

/// The timed tile: thin modules around the pure rooms.
namespace aimc::tile {

/// One analog in-memory-computing tile as a TLM-2.0 component.
///
///   aimc::tile::Tile tile{"tile", config.tile};
///   cpu.isock.bind(tile.reg_tsock);      // registers, LT and AT
///   source.isock.bind(tile.x_tsock);     // vectors in
///   tile.y_isock.bind(sink.tsock);       // vectors out
///   before.isock.bind(tile.r_tsock);     // optional: partial sums of the row tile before
///   tile.irq_o(irq);  tile.rst_n_i(rst_n);
///
/// Data path: dac_bank -> crossbar -> adc_bank -> nmpu_bank -> output_buffer, joined by sockets
/// with the four-phase hand-shake, which is also the back-pressure. No free-running clock: edges
/// are at whole multiples of clock.t_clk_ps. Several tiles may live in one simulation.
class Tile : public sc_core::sc_module {
public:
    tlm::tlm_target_socket<> reg_tsock{"reg_tsock"};
    tlm::tlm_target_socket<> x_tsock{"x_tsock"};
    tlm::tlm_initiator_socket<> y_isock{"y_isock"};
    /// Residual words without x, see ResidualPort; may be left unbound.
    tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND>
        r_tsock{"r_tsock"};
    sc_core::sc_out<bool> irq_o{"irq_o"};  ///< level, write 1 to clear in IRQ_STATUS
    sc_core::sc_in<bool> rst_n_i{
        "rst_n_i"};  ///< active low: aborts the MVM in flight, keeps weights

    explicit Tile(const sc_core::sc_module_name& name, const config::TileConfig& config,
                  SimdLevel simd = best_simd_level());
    ~Tile() override;

    Controller& controller() { return *controller_; }
    const sc_core::sc_time& t_clk() const { return t_clk_; }

private:
    void start_of_simulation() override;
    void on_reset();

    sc_core::sc_time t_clk_;
    std::unique_ptr<Controller> controller_;
    std::unique_ptr<DacBank> dac_bank_;
    std::unique_ptr<CrossbarArray> crossbar_;
    std::unique_ptr<AdcBank> adc_bank_;
    std::unique_ptr<ResidualPort> residual_port_;
    std::unique_ptr<PostBank> post_bank_;
    std::unique_ptr<OutputBuffer> output_buffer_;
    std::unique_ptr<RegisterFile> registers_;
};

}  // namespace aimc::tile
