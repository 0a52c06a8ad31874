// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/grid_array.h"

#include "aimc/base/random.h"

#include <algorithm>
#include <cmath>

namespace aimc::crossbar {
namespace {

std::int16_t quantise(double g, double g_lsb, std::uint64_t& clips)
{
    const double steps = std::floor(g / g_lsb + 0.5);
    if (steps > grid_max) {
        ++clips;
        return grid_max;
    }
    return static_cast<std::int16_t>(steps);
}

}  // namespace

GridArray to_grid(const config::TileConfig& config, const device::Conductances& in)
{
    const std::size_t rows = in.g_pos.rows();
    const std::size_t cols = in.g_pos.cols();
    GridArray out;
    out.g_pos = out.g_neg = Matrix<ConductanceLsb>(rows, cols);
    out.noise_pos = out.noise_neg = Matrix<std::uint16_t>(rows, cols);
    const double g_lsb = config.crossbar.g_lsb_nS * 1e-9;
    double largest = 0.0;  // variance of a whole cell: both polarities meet in a one-phase read
    for (std::size_t i = 0; i < rows * cols; ++i) {
        const double s_pos = in.sigma_pos.data()[i] / g_lsb;
        const double s_neg = in.sigma_neg.data()[i] / g_lsb;
        largest = std::max(largest, s_pos * s_pos + s_neg * s_neg);
    }
    out.noise_lsb = largest / noise_steps;
    for (std::size_t i = 0; i < rows * cols; ++i) {
        out.g_pos.data()[i].raw = quantise(in.g_pos.data()[i], g_lsb, out.clips);
        out.g_neg.data()[i].raw = quantise(in.g_neg.data()[i], g_lsb, out.clips);
        if (out.noise_lsb > 0.0) {
            const auto variance = [&](double sigma) {
                const double s = sigma / g_lsb;
                return static_cast<std::uint16_t>(std::floor(s * s / out.noise_lsb + 0.5));
            };
            out.noise_pos.data()[i] = variance(in.sigma_pos.data()[i]);
            out.noise_neg.data()[i] = variance(in.sigma_neg.data()[i]);
        }
    }
    out.programming = in.programming;
    out.faults = in.faults;
    Place place;
    place.seed = config.seed.device;
    place.purpose = Purpose::polarity_asymmetry;
    place.tile = config.index;
    out.asymmetry.resize(cols);
    normals(place, static_cast<std::uint32_t>(cols), out.asymmetry.data());
    for (double& a : out.asymmetry) {
        a = config.device.polarity_asymmetry_mean + config.device.polarity_asymmetry_sd * a;
    }
    return out;
}

std::int64_t GridArray::largest_current() const
{
    std::int64_t largest = 0;
    for (std::size_t c = 0; c < cols(); ++c) {
        std::int64_t pos = 0;
        std::int64_t neg = 0;
        double variance = 0.0;
        for (std::size_t r = 0; r < rows(); ++r) {
            const WordLine w{r};
            const BitLine b{c};
            pos += g_pos(w, b).raw;
            neg += g_neg(w, b).raw;
            variance += (noise_pos(w, b) + noise_neg(w, b)) * noise_lsb;
        }
        const double stretch = 1.0 + std::max(asymmetry[c], 0.0);
        const double noise = 8.0 * std::sqrt(variance);  // normals end at 6.3 sigma
        largest = std::max(largest, static_cast<std::int64_t>(
                                        stretch * static_cast<double>(pos + neg) + noise + 1.0));
    }
    return largest;
}

double current_lsb_uA(const config::CrossbarConfig& config)
{
    return config.g_lsb_nS * 1e-3 * (config.v_read_mV * 1e-3);
}

}  // namespace aimc::crossbar
