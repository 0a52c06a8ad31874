// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/drift_compensation.h"

#include "aimc/mvm/timing.h"

#include <algorithm>
#include <cmath>

namespace aimc::calibration {
namespace {

constexpr double smallest_value = 1e-4;

/// The nearest word of the format, half to even, of the word whose `fixed` part does not drift.
std::int32_t moved_word(std::int32_t word, double factor, double fixed, std::int64_t low,
                        std::int64_t high, std::uint64_t& clipped)
{
    const auto near = static_cast<std::int64_t>(std::nearbyint((word - fixed) * factor + fixed));
    clipped += near < low || near > high;
    return static_cast<std::int32_t>(std::clamp(near, low, high));
}

/// The nearest word of the format, half to even.
std::int32_t scaled_word(std::int32_t word, double factor, std::int64_t low, std::int64_t high,
                         std::uint64_t& clipped)
{
    return moved_word(word, factor, 0.0, low, high, clipped);
}

ldpu::Binary16 scaled_half(ldpu::Binary16 word, double factor)
{
    return ldpu::from_double(ldpu::to_double(word) * factor);
}

/// Steps by which the scale exponent has to rise, so that 98 % of the columns fit, as at a
/// calibration. None where the configuration fixes it.
int exponent_steps(const config::TileConfig& config, const config::Range& cols,
                   const mvm::PostWords& words, const std::vector<double>& factors)
{
    if (config.nmpu.scale_exponent) { return 0; }
    constexpr int largest_exponent = 4;
    const double top = std::ldexp(1.0, config.nmpu.scale_bits) - 0.5;
    int steps = 0;
    for (; words.scale_exponent + steps < largest_exponent; ++steps) {
        std::size_t fitting = 0;
        for (std::size_t i = 0; i < factors.size(); ++i) {
            const auto& w = words.nmpu[cols.from + i];
            fitting += std::ldexp(std::max(w.s_p, w.s_n) * factors[i], -steps) < top;
        }
        if (100 * fitting >= 98 * factors.size()) { break; }
    }
    return steps;
}

double mean_of(const Readout& readout)
{
    double sum = 0.0;
    double n = 0.0;
    for (const auto& layer : readout.mean) {
        for (const double v : layer) { sum += v; }
        n += static_cast<double>(layer.size());
    }
    return sum / n;
}

double ratio(double then, double now)
{
    return std::max(then, smallest_value) / std::max(now, smallest_value);
}

}  // namespace

Readout read_probes(const config::TileConfig& config, const mvm::ReadPath& path,
                    const config::Workload& workload, const std::vector<LayerCalibration>& layers,
                    std::uint64_t first_read)
{
    Readout out;
    mvm::ReadPath::Scratch scratch;
    std::vector<std::int32_t> c_p(config.cols), c_n(config.cols);
    mvm::Recurrence recurrence(mvm::timing_rules(config), {}, {});
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        const auto x = on_word_lines(layers[l].probes, layer.rows, config.rows);
        std::vector<double> sum(layer.cols.size(), 0.0);
        for (std::size_t k = 0; k < x.rows(); ++k) {
            path.read(x.row(k), {first_read + out.vectors, true}, scratch, c_p.data(), c_n.data());
            for (std::size_t c = 0; c < sum.size(); ++c) {
                const std::size_t column = layer.cols.from + c;
                const double fixed = layer.added(c) / layers[l].y_lsb;
                sum[c] += std::fabs(
                    corrected(config, layers[l].words, column, c_p[column], c_n[column]) - fixed);
            }
            const int n_steps = mvm::n_steps(config, x.row(k), config.rows);
            out.cycles = recurrence.next(mvm::n_read_cycles(config, n_steps)).out;
            ++out.vectors;
        }
        for (double& s : sum) { s /= static_cast<double>(std::max<std::size_t>(x.rows(), 1)); }
        out.mean.push_back(std::move(sum));
    }
    return out;
}

std::vector<std::vector<double>> compensation_factors(config::Compensation kind,
                                                      const Readout& then, const Readout& now)
{
    const double common = ratio(mean_of(then), mean_of(now));
    std::vector<std::vector<double>> factors;
    for (std::size_t l = 0; l < then.mean.size(); ++l) {
        factors.emplace_back(then.mean[l].size(), common);
        if (kind != config::Compensation::per_column) { continue; }
        for (std::size_t c = 0; c < factors[l].size(); ++c) {
            factors[l][c] = ratio(then.mean[l][c], now.mean[l][c]);
        }
    }
    return factors;
}

mvm::PostWords compensated(const config::TileConfig& config, const config::Layer& layer,
                           double y_lsb, const mvm::PostWords& words,
                           const std::vector<double>& factors, std::uint64_t& clipped)
{
    mvm::PostWords out = words;
    const config::Range& cols = layer.cols;
    // of a clipped offset the summand alone may be more than the word
    const auto held_part = [&](std::size_t i, std::int64_t reach) {
        const auto most = static_cast<double>(reach);
        const double fixed = std::ldexp(layer.added(i) / y_lsb, config.nmpu.offset_fraction);
        return std::clamp(fixed, -most, most);
    };
    const auto& format = config.nmpu;
    const std::int64_t scale_top = (std::int64_t{1} << format.scale_bits) - 1;
    const std::int64_t offset_top = (std::int64_t{1} << (format.offset_bits - 1)) - 1;
    const bool is_nmpu = config.post == config::PostUnit::nmpu;
    const int steps = is_nmpu ? exponent_steps(config, cols, words, factors) : 0;
    out.scale_exponent += steps;
    for (std::size_t i = 0; i < factors.size(); ++i) {
        const std::size_t c = cols.from + i;
        const double a = factors[i];
        if (is_nmpu) {
            auto& w = out.nmpu[c];
            const double scale = std::ldexp(a, -steps);
            w.s_p = scaled_word(w.s_p, scale, 0, scale_top, clipped);
            w.s_n = scaled_word(w.s_n, scale, 0, scale_top, clipped);
            if (format.offsets == 2) {  // shared out anew, as at a calibration
                const std::int64_t reach = 2 * offset_top + 1;
                const auto o =
                    moved_word(w.o_p - w.o_n, a, held_part(i, reach), -reach, reach, clipped);
                w.o_p = static_cast<std::int32_t>(
                    std::clamp<std::int64_t>(o, -offset_top - 1, offset_top));
                w.o_n = w.o_p - o;
            } else {
                w.o_p = moved_word(w.o_p, a, held_part(i, offset_top), -offset_top - 1, offset_top,
                                   clipped);
                w.o_n = scaled_word(w.o_n, a, -offset_top - 1, offset_top, clipped);
            }
        } else {
            auto& w = out.ldpu[c];
            w.scale_p = scaled_half(w.scale_p, a);
            w.scale_n = scaled_half(w.scale_n, a);
            w.offset = scaled_half(w.offset, a);
        }
    }
    return out;
}

}  // namespace aimc::calibration
