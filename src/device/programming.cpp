// SPDX-License-Identifier: Apache-2.0
#include "programming.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aimc::device {

void draw_row(const config::TileConfig& config, Purpose purpose, std::size_t row, int polarity,
              std::uint64_t read, std::vector<double>& out)
{
    Place place;
    place.seed = config.seed.device;
    place.purpose = purpose;
    place.tile = config.index;
    place.row = static_cast<std::uint16_t>(row);
    place.lane = static_cast<std::uint16_t>(polarity << 2);
    place.read = read;
    normals(place, static_cast<std::uint32_t>(out.size()), out.data());
}

Programmer::Programmer(const config::TileConfig& config, const DeviceFit& fit,
                       const PairModel& pair, const Faults& faults, std::size_t cols)
    : config_(config),
      pair_(pair),
      faults_(faults),
      verify_noise_(
          config.device.verify_noise.value_or(config.device.read_noise != config::ReadNoise::none)
              ? read_noise_growth(fit.t_0(), fit.t_read())
              : 0.0),
      counts_per_siemens_(config.device.write_verify.counts_at_g_max *
                          config.device.devices_per_polarity / fit.g_max().si()),
      pulse_(cols),
      read_(cols),
      unconverged_(cols)
{
}

void Programmer::run(std::size_t row, int polarity, const std::vector<Siemens>& target,
                     std::vector<Siemens>& g_prog)
{
    const auto& device = config_.device;
    if (device.programming == config::Programming::write_verify) {
        verify(row, polarity, target, g_prog);
        return;
    }
    const bool ideal = device.model == config::DeviceModel::ideal;
    if (!ideal) {
        const auto& v = device.write_verify;
        facts_.cycles +=
            static_cast<std::uint64_t>(v.max_iterations) *
            (static_cast<std::uint64_t>(v.n_pulse) + static_cast<std::uint64_t>(v.n_verify));
    }
    const bool exact = ideal || !device.programming_noise;
    if (!exact) { draw_row(config_, Purpose::programming, row, polarity, 0, pulse_); }
    for (std::size_t c = 0; c < target.size(); ++c) {
        const Devices devices = faults_.devices(polarity, row, c);
        g_prog[c] = exact ? devices.share() * target[c]
                          : pair_.programmed(target[c], devices, 1.0, pulse_[c]);
    }
}

void Programmer::verify(std::size_t row, int polarity, const std::vector<Siemens>& target,
                        std::vector<Siemens>& g_prog)
{
    const auto& v = config_.device.write_verify;
    pending_.resize(target.size());
    std::iota(pending_.begin(), pending_.end(), std::size_t{0});
    std::uint64_t iteration = 0;
    for (; iteration < static_cast<std::uint64_t>(v.max_iterations) && !pending_.empty();
         ++iteration) {
        draw_row(config_, Purpose::programming, row, polarity, iteration, pulse_);
        draw_row(config_, Purpose::verify_read, row, polarity, iteration, read_);
        facts_.pulses += pending_.size();
        const auto done = [&](std::size_t c) {
            const Devices devices = faults_.devices(polarity, row, c);
            g_prog[c] = pair_.programmed(target[c], devices, v.pulse_sd, pulse_[c]);
            return accepts(target[c], g_prog[c], devices, faults_.is_dead(row, c), read_[c]);
        };
        pending_.erase(std::remove_if(pending_.begin(), pending_.end(), done), pending_.end());
    }
    for (const std::size_t c : pending_) { unconverged_[c] = true; }
    facts_.cycles += iteration * (static_cast<std::uint64_t>(v.n_pulse) +
                                  static_cast<std::uint64_t>(v.n_verify));
}

bool Programmer::accepts(Siemens target, Siemens g_prog, const Devices& devices, bool is_dead,
                         double xi) const
{
    Siemens read;
    if (!is_dead) {
        const Siemens sd = pair_.read_sd(g_prog, g_prog, devices);
        read = g_prog + pair_.stuck(devices) + xi * (verify_noise_ * sd);
    }
    const double off = counts(std::max(read, Siemens{0.0})) - counts(target);
    return std::fabs(off) <= config_.device.write_verify.margin_counts;
}

double Programmer::counts(Siemens g) const
{
    // as the ADC floors: 2^-10 count above, so that a whole count is not lost to rounding
    return std::floor(g.si() * counts_per_siemens_ + 0x1p-10);
}

void Programmer::finish_row()
{
    facts_.unconverged +=
        static_cast<std::uint64_t>(std::count(unconverged_.begin(), unconverged_.end(), true));
    std::fill(unconverged_.begin(), unconverged_.end(), false);
}

}  // namespace aimc::device
