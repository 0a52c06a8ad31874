// SPDX-License-Identifier: Apache-2.0
// Registers, doorbells and reset; the regions are in register_regions.cpp.
#include "aimc/tile/register_state.h"

#include <algorithm>
#include <array>

namespace aimc::tile {
namespace {

constexpr std::uint32_t all_irqs = mask(fields::irq_output_ready) | mask(fields::irq_input_room) |
                                   mask(fields::irq_doorbell_error);

constexpr int max_scale_exponent = 4;  // Choice: as in the key table of the configuration

std::uint64_t counter(const TileCounters& c, std::size_t index)
{
    const std::array<std::uint64_t, n_counters> in_map_order{
        c.mvms_in,         c.mvms_out,        c.state_cycles[0], c.state_cycles[1],
        c.state_cycles[2], c.state_cycles[3], c.state_cycles[4], c.saturated,
        c.relu_clipped,    c.over_range};
    return in_map_order[index];
}

}  // namespace

RegisterState::RegisterState(Backend& backend)
    : backend_(backend),
      map_(backend.rows(), backend.cols()),
      configured_(backend.mode()),
      input_bank_((backend.rows() + 3) / 4),
      output_bank_(backend.cols()),
      partial_bank_(backend.cols()),
      residual_bank_((backend.cols() + 1) / 2)
{
}

void RegisterState::read(std::uint64_t address, std::uint32_t* words, std::size_t n) const
{
    if (const RegionInfo* region = map_.find_region(address)) {
        read_region(*region, (address - region->begin()) / 4, words, n);
        return;
    }
    // One snapshot for the whole burst: both halves of a counter are of the same moment, and the
    // five state counters add up.
    const bool has_counters = address + 4 * n > offset(Register::counters);
    const TileCounters counters = has_counters ? backend_.counters() : TileCounters{};
    for (std::size_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::uint32_t>(address + 4 * i);
        if (at < offset(Register::counters)) {
            words[i] = read_register(Register{at});
        } else {
            const std::uint32_t half = (at - offset(Register::counters)) / 4;
            words[i] = static_cast<std::uint32_t>(counter(counters, half / 2) >> (32 * (half % 2)));
        }
    }
}

std::uint32_t RegisterState::read_register(Register reg) const
{
    namespace f = fields;
    switch (reg) {
        case Register::control: return control_;
        case Register::status: {
            const bool room = get(f::control_enable, control_) == 1 && backend_.input_has_room();
            return put(f::status_input_room, room) |
                   put(f::status_output_valid, backend_.output_waiting()) |
                   put(f::status_busy, backend_.busy());
        }
        case Register::irq_enable: return irq_enable_;
        case Register::irq_status: return irq_status_;
        case Register::mode: {
            const Mode m = backend_.mode();
            return put(f::mode_activation, static_cast<std::uint32_t>(m.activation)) |
                   put(f::mode_scale_exponent, static_cast<std::uint32_t>(m.scale_exponent)) |
                   put(f::mode_adc_test, m.adc_test) | put(f::mode_residual_in, m.residual_in) |
                   put(f::mode_partial_out, m.partial_out) |
                   put(f::mode_residual_port, m.residual_port);
        }
        case Register::curve_select: return put(f::curve_nominal, backend_.mode().nominal_curves);
        case Register::weight_full_scale:
            return put(f::full_scale_code,
                       static_cast<std::uint32_t>(backend_.weight_full_scale()));
        case Register::input_doorbell:
        case Register::output_doorbell: return 0;
        // the constants: the table itself knows them
        case Register::id:
        case Register::version:
        case Register::geometry:
        case Register::counters: break;
    }
    const RegisterInfo* constant = map_.find_register(offset(reg));
    return constant != nullptr ? constant->reset.value_or(0) : 0;
}

bool RegisterState::accepts(std::uint64_t address, const std::uint32_t* words, std::size_t n) const
{
    if (const RegionInfo* region = map_.find_region(address)) {
        return accepts_region(*region, (address - region->begin()) / 4, words, n);
    }
    for (std::size_t i = 0; i < n; ++i) {
        const auto reg = Register{static_cast<std::uint32_t>(address + 4 * i)};
        if (reg == Register::mode &&
            (get(fields::mode_activation, words[i]) > 2 ||
             get(fields::mode_scale_exponent, words[i]) > std::uint32_t{max_scale_exponent} ||
             (get(fields::mode_residual_port, words[i]) == 1 && !backend_.has_residual_port()))) {
            return false;
        }
        if (reg == Register::weight_full_scale && get(fields::full_scale_code, words[i]) == 0) {
            return false;
        }
    }
    return true;
}

void RegisterState::write(std::uint64_t address, const std::uint32_t* words, std::size_t n)
{
    if (const RegionInfo* region = map_.find_region(address)) {
        write_region(*region, (address - region->begin()) / 4, words, n);
        return;
    }
    for (std::size_t i = 0; i < n; ++i) {
        write_register(Register{static_cast<std::uint32_t>(address + 4 * i)}, words[i]);
    }
}

void RegisterState::write_register(Register reg, std::uint32_t word)
{
    namespace f = fields;
    switch (reg) {
        case Register::control: write_control(word); break;
        case Register::irq_enable: irq_enable_ = word & all_irqs; break;
        case Register::irq_status: irq_status_ &= ~word; break;
        case Register::mode:
            backend_.set_mode({static_cast<int>(get(f::mode_activation, word)),
                               static_cast<int>(get(f::mode_scale_exponent, word)),
                               get(f::mode_adc_test, word) == 1,
                               get(f::mode_residual_in, word) == 1,
                               get(f::mode_partial_out, word) == 1, backend_.mode().nominal_curves,
                               get(f::mode_residual_port, word) == 1});
            break;
        case Register::curve_select: {
            Mode mode = backend_.mode();
            mode.nominal_curves = get(f::curve_nominal, word) == 1;
            backend_.set_mode(mode);
            break;
        }
        case Register::weight_full_scale:
            backend_.set_weight_full_scale(
                static_cast<std::int32_t>(get(f::full_scale_code, word)));
            break;
        case Register::input_doorbell:
            if (get(f::doorbell_ring, word) == 1) { ring_input(); }
            break;
        case Register::output_doorbell:
            if (get(f::doorbell_ring, word) == 1) { ring_output(); }
            break;
        case Register::id:
        case Register::version:
        case Register::geometry:
        case Register::status:
        case Register::counters: break;  // read-only: refused before it comes here
    }
}

void RegisterState::write_control(std::uint32_t word)
{
    namespace f = fields;
    if (get(f::control_soft_reset, word) == 1) {
        backend_.reset();
        power_on();
        return;
    }
    if (get(f::control_clear_counters, word) == 1) { backend_.clear_counters(); }
    const std::uint32_t kept = word & (mask(f::control_enable) | mask(f::control_output_to_bank));
    if (((kept ^ control_) & mask(f::control_output_to_bank)) != 0) {
        backend_.set_output_to_bank(get(f::control_output_to_bank, kept) == 1);
    }
    control_ = kept;
}

void RegisterState::power_on()
{
    control_ = 0;
    irq_enable_ = 0;
    irq_status_ = 0;
    for (auto* bank : {&input_bank_, &output_bank_, &partial_bank_, &residual_bank_}) {
        std::fill(bank->begin(), bank->end(), 0U);  // in place: direct pointers stay valid
    }
    backend_.set_output_to_bank(false);
    Mode mode = configured_;
    mode.scale_exponent = backend_.mode().scale_exponent;
    backend_.set_mode(mode);
}

void RegisterState::ring_input()
{
    std::vector<std::int8_t> x(map_.rows());
    for (std::size_t r = 0; r < x.size(); ++r) {
        x[r] = static_cast<std::int8_t>(input_bank_[r / 4] >> (8 * (r % 4)) & 0xffU);
    }
    // They are checked here because a direct pointer writes unseen.
    const bool are_codes = backend_.takes(x.data());
    if (get(fields::control_enable, control_) == 1 && are_codes && backend_.input_has_room()) {
        std::vector<std::int16_t> residual(map_.cols());
        for (std::size_t c = 0; c < residual.size(); ++c) {
            residual[c] = static_cast<std::int16_t>(residual_bank_[c / 2] >> (16 * (c % 2)));
        }
        backend_.offer_input(x.data(), residual.data());
    } else {
        raise(fields::irq_doorbell_error);
    }
}

void RegisterState::ring_output()
{
    if (!backend_.output_waiting()) {
        raise(fields::irq_doorbell_error);
        return;
    }
    std::vector<std::int32_t> y(map_.cols());
    std::vector<std::int32_t> partial(map_.cols());
    backend_.copy_output(y.data(), partial.data());
    backend_.take_output();
    const auto bits = [](std::int32_t value) { return static_cast<std::uint32_t>(value); };
    std::transform(y.begin(), y.end(), output_bank_.begin(), bits);
    std::transform(partial.begin(), partial.end(), partial_bank_.begin(), bits);
    // The next vector may have waited behind this one; its own news is then already old.
    if (backend_.output_waiting()) { raise(fields::irq_output_ready); }
}

}  // namespace aimc::tile
