// SPDX-License-Identifier: Apache-2.0
#include "aimc/crossbar/grid_array.h"

#include "aimc/base/random.h"

#include <algorithm>
#include <cmath>
#include <functional>

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

void scale(Matrix<double>& m, const Matrix<double>& factor)
{
    std::transform(m.data().begin(), m.data().end(), factor.data().begin(), m.data().begin(),
                   std::multiplies<>());
}

std::vector<double> draw_asymmetry(const config::TileConfig& config, std::size_t cols)
{
    Place place;
    place.seed = config.seed.device;
    place.purpose = Purpose::polarity_asymmetry;
    place.tile = config.index;
    std::vector<double> asymmetry(cols);
    normals(place, static_cast<std::uint32_t>(cols), asymmetry.data());
    for (double& a : asymmetry) {
        a = config.device.polarity_asymmetry_mean + config.device.polarity_asymmetry_sd * a;
    }
    return asymmetry;
}

/// Conductances, variances and their grid, of cells as the converter sees them.
void quantise_cells(const device::Conductances& in, double g_lsb, GridArray& out)
{
    const std::size_t n = in.g_pos.data().size();
    double largest = 0.0;  // variance of a unit cell: both polarities meet in a one-phase read
    for (std::size_t i = 0; i < n; ++i) {
        const double s_pos = in.sigma_pos.data()[i] / g_lsb;
        const double s_neg = in.sigma_neg.data()[i] / g_lsb;
        largest = std::max(largest, s_pos * s_pos + s_neg * s_neg);
    }
    double stretch = 1.0;  // and one of them is stretched
    for (const double a : out.asymmetry) { stretch = std::max(stretch, (1.0 + a) * (1.0 + a)); }
    out.noise_lsb = largest * stretch / noise_steps;
    for (std::size_t i = 0; i < n; ++i) {
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
}

}  // namespace

GridArray to_grid(const config::TileConfig& config, const device::Conductances& conductances)
{
    const std::size_t rows = conductances.g_pos.rows();
    const std::size_t cols = conductances.g_pos.cols();
    GridArray out;
    out.g_pos = out.g_neg = Matrix<ConductanceLsb>(rows, cols);
    out.noise_pos = out.noise_neg = Matrix<std::uint16_t>(rows, cols);
    out.asymmetry = draw_asymmetry(config, cols);
    out.programming = conductances.programming;
    out.faults = conductances.faults;
    const double g_lsb = config.crossbar.g_lsb_nS * 1e-9;
    if (config.crossbar.ir_drop == config::IrDrop::none) {
        quantise_cells(conductances, g_lsb, out);
        return out;
    }
    const IrDropSolution wire = solve_ir_drop(config, conductances.g_pos, conductances.g_neg);
    out.ir_drop = wire.facts;
    device::Conductances seen = conductances;
    scale(seen.g_pos, wire.factors.pos);
    scale(seen.sigma_pos, wire.factors.pos);
    scale(seen.g_neg, wire.factors.neg);
    scale(seen.sigma_neg, wire.factors.neg);
    quantise_cells(seen, g_lsb, out);
    return out;
}

std::int64_t GridArray::largest_current() const
{
    constexpr double end_of_cell_normals = 4.33;
    constexpr double most_of_clamp = 0.4;  // E max(z, 0) = 0.399 sd, for a cell at zero
    std::int64_t largest = 0;
    for (std::size_t c = 0; c < cols(); ++c) {
        double sum = 0.0;
        double variance = 0.0;
        double clamp = 0.0;  // what cells that cannot go below zero add to the mean
        const auto add = [&](int g, std::uint16_t v) {
            const double cell = v * noise_lsb;
            sum += g;
            variance += cell;
            if (g * g < end_of_cell_normals * end_of_cell_normals * cell) {
                clamp += most_of_clamp * std::sqrt(cell);
            }
        };
        for (std::size_t r = 0; r < rows(); ++r) {
            const WordLine w{r};
            const BitLine b{c};
            add(g_pos(w, b).raw, noise_pos(w, b));
            add(g_neg(w, b).raw, noise_neg(w, b));
        }
        const double stretch = 1.0 + std::max(asymmetry[c], 0.0);
        const double most = stretch * (sum + clamp + 8.0 * std::sqrt(variance)) + 1.0;
        largest = std::max(largest, static_cast<std::int64_t>(most));
    }
    return largest;
}

double current_lsb_uA(const config::CrossbarConfig& config)
{
    return config.g_lsb_nS * 1e-3 * (config.v_read_mV * 1e-3);
}

}  // namespace aimc::crossbar
