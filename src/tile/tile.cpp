// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/tile.h"

#include <array>
#include <functional>

namespace aimc::tile {

Tile::Tile(const sc_core::sc_module_name& name, const config::TileConfig& config, SimdLevel simd)
    : sc_module(name),
      t_clk_(static_cast<double>(config.t_clk_ps), sc_core::SC_PS),
      controller_(std::make_unique<Controller>("controller", config, simd))
{
    const bool nmpu = config.post == config::PostUnit::nmpu;
    const std::array<std::function<void()>, 7> build{
        [&] { dac_bank_ = std::make_unique<DacBank>("dac_bank", *controller_, t_clk_); },
        [&] { crossbar_ = std::make_unique<CrossbarArray>("crossbar", *controller_, t_clk_); },
        [&] { adc_bank_ = std::make_unique<AdcBank>("adc_bank", *controller_, t_clk_); },
        [&] {
            residual_port_ = std::make_unique<ResidualPort>("residual_port", *controller_, t_clk_);
        },
        [&] {
            post_bank_ =
                std::make_unique<PostBank>(nmpu ? "nmpu_bank" : "ldpu", *controller_, t_clk_);
        },
        [&] {
            output_buffer_ = std::make_unique<OutputBuffer>("output_buffer", *controller_, t_clk_);
        },
        [&] { registers_ = std::make_unique<RegisterFile>("registers", *controller_, t_clk_); },
    };
#if defined(AIMC_REVERSE_MODULES)
    for (auto one = build.rbegin(); one != build.rend(); ++one) { (*one)(); }
#else
    for (const auto& one : build) { one(); }
#endif
    x_tsock.bind(dac_bank_->x_tsock);
    dac_bank_->pulses.isock.bind(crossbar_->pulses.tsock);
    crossbar_->currents.isock.bind(adc_bank_->currents.tsock);
    adc_bank_->counts.isock.bind(post_bank_->counts.tsock);
    r_tsock.bind(residual_port_->r_tsock);
    residual_port_->words.isock.bind(post_bank_->words.tsock);
    post_bank_->results.isock.bind(output_buffer_->results.tsock);
    output_buffer_->out.isock.bind(y_isock);
    reg_tsock.bind(registers_->reg_tsock);
    registers_->irq_o(irq_o);
    controller_->attach({dac_bank_.get(), crossbar_.get(), adc_bank_.get(), post_bank_.get(),
                         output_buffer_.get(), residual_port_.get(), registers_.get()});
    AIMC_HAS_PROCESS(Tile);
    SC_METHOD(on_reset);
    sensitive << rst_n_i;
    dont_initialize();
}

Tile::~Tile() = default;

void Tile::start_of_simulation()
{
    controller_->set_has_residual_port(r_tsock.size() > 0);
    // A pin that is low from the start makes no event.
    if (!rst_n_i.read()) { controller_->hold_reset(true); }
}

void Tile::on_reset()
{
    controller_->hold_reset(!rst_n_i.read());
    registers_->power_on_state();
}

}  // namespace aimc::tile
