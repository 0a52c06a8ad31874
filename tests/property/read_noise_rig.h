// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/analog_path.h"

#include "support/small_work.h"

#include <algorithm>
#include <cmath>
#include <vector>

/// Many reads of one input by one chip, for each kind of read noise, and how two such samples
/// differ.
namespace aimc::test {

using config::Integration;
using config::ReadMode;
using config::ReadNoise;

constexpr std::size_t n_lines = 256;
constexpr std::size_t n_reads = 10000;

enum class InputKind { full_range, half_scale, rectified };

/// HERMES cells, two devices per polarity, behind parametric curves: gains, offsets, S-shapes and a
/// ceiling. No noise but that of the cells.
inline config::TileConfig tile(ReadMode mode)
{
    config::TileConfig c;
    c.read.mode = mode;
    c.device.model = config::DeviceModel::hermes;
    c.adc.curves = config::CurveSource::parametric;
    return c;
}

inline device::CellTargets normal_targets()
{
    device::CellTargets targets;
    targets.codes = Matrix<std::int16_t>(n_lines, n_lines);
    for (std::size_t r = 0; r < n_lines; ++r) {
        const Place place{21, Purpose::weights, 0, static_cast<std::uint16_t>(r), 0, 0};
        for (std::uint32_t c = 0; c < n_lines; ++c) {
            const double w = std::clamp(40.0 * normal(place, c), -127.0, 127.0);
            targets.codes.row(r)[c] = static_cast<std::int16_t>(w);
        }
    }
    return targets;
}

inline std::vector<std::int8_t> input(InputKind kind)
{
    Dice dice(31);
    std::vector<std::int8_t> x(n_lines);
    for (auto& code : x) {
        const int v = kind == InputKind::full_range ? dice.roll(-127, 127) : dice.roll(-63, 63);
        code = static_cast<std::int8_t>(kind == InputKind::rectified ? std::max(v, 0) : v);
    }
    return x;
}

/// Words of every read. [cols x reads]
struct Counts {
    Matrix<std::int32_t> net{n_lines, n_reads}, pos{n_lines, n_reads};
};
struct BothIntegrations {
    Counts time_resolved, charge;
};

/// @param first_read  number of the first read: other reads, other noise
inline BothIntegrations read_many(config::TileConfig c, const mvm::Chip& chip, ReadNoise noise,
                                  const std::vector<std::int8_t>& x, std::uint64_t first_read)
{
    c.device.read_noise = noise;
    const auto table = [&] {
        return converters::to_table(chip.curves, crossbar::current_lsb_uA(c.crossbar),
                                    chip.current_ratio);
    };
    const converters::CcoAdc time_resolved(c, table());
    c.adc.integration = Integration::charge;  // the crossbar collects the charge as well
    const converters::CcoAdc charge(c, table());
    const crossbar::Crossbar array(c, chip.array);
    BothIntegrations out;
    crossbar::ColumnWave wave;
    converters::AdcEvents events;
    const auto phases = crossbar::phases_of(c.read, x.data(), n_lines);
    std::vector<std::int32_t> words(4 * n_lines);
    for (std::size_t k = 0; k < n_reads; ++k) {
        std::fill(words.begin(), words.end(), 0);
        std::int32_t* w = words.data();
        for (const auto phase : phases) {
            const crossbar::ReadId id{first_read + k, false};
            array.drive(x.data(), phase, id, wave);
            time_resolved.convert(wave, phase, id, w, w + n_lines, events);
            charge.convert(wave, phase, id, w + 2 * n_lines, w + 3 * n_lines, events);
        }
        for (std::size_t col = 0; col < n_lines; ++col) {
            out.time_resolved.pos.row(col)[k] = w[col];
            out.time_resolved.net.row(col)[k] = w[col] - w[n_lines + col];
            out.charge.pos.row(col)[k] = w[2 * n_lines + col];
            out.charge.net.row(col)[k] = w[2 * n_lines + col] - w[3 * n_lines + col];
        }
    }
    return out;
}

struct Moments {
    double mean = 0.0, sd = 0.0;
};
inline Moments moments(const std::int32_t* counts)
{
    double sum = 0.0;
    double square = 0.0;
    for (std::size_t k = 0; k < n_reads; ++k) {
        sum += counts[k];
        square += double{1.0} * counts[k] * counts[k];
    }
    const double mean = sum / n_reads;
    return {mean, std::sqrt(std::max(square / n_reads - mean * mean, 0.0))};
}

/// Largest difference of two cumulative histograms. Sorts both.
inline double histogram_distance(std::int32_t* a, std::int32_t* b)
{
    std::sort(a, a + n_reads);
    std::sort(b, b + n_reads);
    double worst = 0.0;
    for (std::size_t i = 0, j = 0; i < n_reads && j < n_reads;) {
        const std::int32_t v = std::min(a[i], b[j]);
        while (i < n_reads && a[i] == v) { ++i; }
        while (j < n_reads && b[j] == v) { ++j; }
        worst = std::max(worst, std::fabs(static_cast<double>(i) - static_cast<double>(j)));
    }
    return worst / n_reads;
}

/// How far one kind of noise is from another, over the columns whose words vary.
struct Difference {
    double mean = 0.0, worst_mean = 0.0;  ///< [counts]
    double worst_t = 0.0;                 ///< a mean difference over its standard error [-]
    double sd_ratio = 0.0, least_sd_ratio = 9.0, largest_sd_ratio = 0.0;  ///< [-]
    double distance = 0.0, worst_distance = 0.0;  ///< of the cumulative histograms [-]
    double sd = 0.0;                              ///< [counts] of the reference, mean
    int columns = 0;
};
inline Difference difference(Matrix<std::int32_t> words, Matrix<std::int32_t> reference)
{
    Difference d;
    for (std::size_t c = 0; c < n_lines; ++c) {
        const Moments a = moments(words.row(c));
        const Moments b = moments(reference.row(c));
        if (b.sd < 1.0) { continue; }  // a counter that hardly ever runs
        ++d.columns;
        const double mean = a.mean - b.mean;
        d.mean += mean;
        d.worst_mean = std::max(d.worst_mean, std::fabs(mean));
        d.worst_t =
            std::max(d.worst_t, std::fabs(mean) / std::sqrt((a.sd * a.sd + b.sd * b.sd) / n_reads));
        const double ratio = a.sd / b.sd;
        d.sd += b.sd;
        d.sd_ratio += ratio;
        d.least_sd_ratio = std::min(d.least_sd_ratio, ratio);
        d.largest_sd_ratio = std::max(d.largest_sd_ratio, ratio);
        const double distance = histogram_distance(words.row(c), reference.row(c));
        d.distance += distance;
        d.worst_distance = std::max(d.worst_distance, distance);
    }
    for (double* sum : {&d.mean, &d.sd_ratio, &d.distance, &d.sd}) { *sum /= d.columns; }
    return d;
}

}  // namespace aimc::test
