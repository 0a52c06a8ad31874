// SPDX-License-Identifier: Apache-2.0
// The controller as the front door sees it.
#include "aimc/tile/controller.h"
#include "aimc/tile/dac_bank.h"
#include "aimc/tile/output_buffer.h"

#include <algorithm>

namespace aimc::tile {

void Controller::write_weights(std::size_t first, const std::int16_t* codes, std::size_t n)
{
    std::copy(codes, codes + n, targets_.codes.data().begin() + static_cast<std::ptrdiff_t>(first));
    chip_stale_ = true;
}

void Controller::read_weights(std::size_t first, std::int16_t* codes, std::size_t n) const
{
    const auto from = targets_.codes.data().begin() + static_cast<std::ptrdiff_t>(first);
    std::copy(from, from + static_cast<std::ptrdiff_t>(n), codes);
}

void Controller::set_weight_full_scale(std::int32_t code)
{
    targets_.full_scale = code;
    chip_stale_ = true;
}

void Controller::write_affine(std::size_t column, const nmpu::AffineWords& words)
{
    words_.nmpu[column] = words;
    post_.reset();
}

nmpu::AffineWords Controller::read_affine(std::size_t column) const { return words_.nmpu[column]; }

bool Controller::holds(const nmpu::AffineWords& words) const
{
    const std::int32_t scales = (std::int32_t{1} << config_.nmpu.scale_bits) - 1;
    const std::int32_t half = std::int32_t{1} << (config_.nmpu.offset_bits - 1);
    const auto is_scale = [&](std::int32_t s) { return s >= 0 && s <= scales; };
    const auto is_offset = [&](std::int32_t o) { return o >= -half && o < half; };
    return is_scale(words.s_p) && is_scale(words.s_n) && is_offset(words.o_p) &&
           is_offset(words.o_n);
}

void Controller::write_affine16(std::size_t column, const ldpu::AffineWords16& words)
{
    words_.ldpu[column] = words;
    post_.reset();
}

ldpu::AffineWords16 Controller::read_affine16(std::size_t column) const
{
    return words_.ldpu[column];
}

void Controller::set_mode(const Mode& mode)
{
    words_.activation = static_cast<config::Activation>(mode.activation);
    words_.scale_exponent = mode.scale_exponent;
    words_.residual_in = mode.residual_in;
    words_.partial_out = mode.partial_out;
    residual_port_ = mode.residual_port;
    post_.reset();
    // only oscillators have test currents and curves: elsewhere these bits stay 0
    const bool has_oscillators = config_.kind == config::TileKind::analog;
    adc_test_ = mode.adc_test && has_oscillators;
    const bool nominal_curves = mode.nominal_curves && has_oscillators;
    if (nominal_curves_ != nominal_curves) { path_.reset(); }
    nominal_curves_ = nominal_curves;
}

Mode Controller::mode() const
{
    return {static_cast<int>(words_.activation),
            words_.scale_exponent,
            adc_test_,
            words_.residual_in,
            words_.partial_out,
            nominal_curves_,
            residual_port_};
}

void Controller::write_test_current(std::size_t column, std::int32_t current)
{
    test_currents_[column] = current;
}

std::int32_t Controller::read_test_current(std::size_t column) const
{
    return test_currents_[column];
}

bool Controller::input_has_room() const { return stages_.dac_bank->has_room(); }

void Controller::offer_input(const std::int8_t* x, const std::int16_t* residual)
{
    stages_.dac_bank->offer(
        new_token(x, words_.residual_in && !residual_port_ ? residual : nullptr));
}

void Controller::set_output_to_bank(bool on) { stages_.output_buffer->set_to_bank(on); }

bool Controller::output_waiting() const { return stages_.output_buffer->for_bank() != nullptr; }

void Controller::copy_output(std::int32_t* y, std::int32_t* partial) const
{
    const auto& v = stages_.output_buffer->for_bank()->record.values;
    std::copy(v.y.begin(), v.y.end(), y);
    std::copy(v.partial.begin(), v.partial.end(), partial);
}

void Controller::take_output() { stages_.output_buffer->take_for_bank(); }

TileCounters Controller::counters() const
{
    TileCounters all;
    all.mvms_in = mvms_in_;
    all.mvms_out = mvms_out_;
    for (const auto& lane : lane_counters()) {
        all.saturated += lane.overflowed();
        all.relu_clipped += lane.relu_clipped;
    }
    all.over_range = scratch_.events.over_range;
    const mvm::StateCycles s = states_.finish();
    all.state_cycles = {s.reading, s.input_starved, s.post_busy, s.output_blocked, s.drain};
    return all;
}

}  // namespace aimc::tile
