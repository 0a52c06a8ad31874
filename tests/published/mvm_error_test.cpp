// SPDX-License-Identifier: Apache-2.0
// Error of one matrix-vector product against a table that was worked out from the published noise
// models by other means (Monte-Carlo of 5 repeats, spread about 0.2 points): 256 x 256, uniform
// inputs of +-127, both devices of a pair noisy, nothing of DAC and ADC. Each cell is the mean of
// five chips and must lie within 0.4 percentage points.
//
// The table takes the drift exponent at the *programmed* conductance. The published code takes it
// at the *target*, which is our default: a cell that came out too low then drifts no faster. For
// pcm_like the two are the same; aged hermes arrays err up to 4 points less. Both settings of
// device.drift_exponent_at are held: `programmed` against all that is printed, `target` against the
// same Monte-Carlo with exponents at the target (mvm_error_numpy.py, 40 repeats).
#include "aimc/base/random.h"
#include "aimc/device/array_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace aimc;
using config::ExponentAt;

constexpr std::size_t n = 256;  // rows, columns
constexpr std::size_t n_vectors = 64;
constexpr std::uint64_t n_chips = 5;
constexpr int full_scale = 32767;  // weights as fine as the targets go
constexpr double tolerance = 0.4;  // percentage points; 1.0 would do, but hide a wrong setting

enum class Weights { uniform_with_zeros, normal };

Place place_of(Purpose purpose, std::uint64_t chip, int lane, std::size_t row)
{
    Place place;
    place.purpose = purpose;
    place.lane = static_cast<std::uint16_t>(lane);
    place.row = static_cast<std::uint16_t>(row);
    place.read = chip;
    return place;
}

std::vector<double> row_normals(Purpose purpose, std::uint64_t chip, int lane, std::size_t row)
{
    std::vector<double> xi(n);
    normals(place_of(purpose, chip, lane, row), n, xi.data());
    return xi;
}

device::CellTargets draw_weights(Weights kind, std::uint64_t chip)
{
    device::CellTargets targets{Matrix<std::int16_t>(n, n), full_scale};
    for (std::size_t r = 0; r < n; ++r) {
        const auto xi = row_normals(Purpose::weights, chip, 0, r);
        for (std::uint32_t c = 0; c < n; ++c) {
            double w = std::clamp(xi[c] / 3.0, -1.0, 1.0);
            if (kind == Weights::uniform_with_zeros) {
                const bool is_zero = uniform(place_of(Purpose::weights, chip, 1, r), c) < 0.3;
                w = is_zero ? 0.0 : 2.0 * uniform(place_of(Purpose::weights, chip, 2, r), c) - 1.0;
            }
            targets.codes.row(r)[c] = static_cast<std::int16_t>(std::lround(w * full_scale));
        }
    }
    return targets;
}

/// One polarity with a fresh draw of read noise for each cell, never below zero.
std::vector<double> read_of(const Matrix<double>& g, const Matrix<double>& sigma,
                            std::uint64_t chip, int polarity)
{
    std::vector<double> out(n * n);
    for (std::size_t r = 0; r < n; ++r) {
        const auto xi = row_normals(Purpose::read_noise, chip, polarity, r);
        for (std::size_t c = 0; c < n; ++c) {
            out[r * n + c] = std::max(g.row(r)[c] + sigma.row(r)[c] * xi[c], 0.0);
        }
    }
    return out;
}

/// Error in percent of |ideal|, as read and after the best single factor.
struct Error {
    double raw = 0.0, fitted = 0.0, alpha = 0.0;
};

Error mvm_error(const config::TileConfig& config, Weights kind, std::uint64_t chip)
{
    const device::CellTargets targets = draw_weights(kind, chip);
    const auto array = device::program_array(config, targets);
    const auto pos = read_of(array.g_pos, array.sigma_pos, chip, 0);
    const auto neg = read_of(array.g_neg, array.sigma_neg, chip, 1);
    const double per_weight = 1.0 / device::g_max(config.device).si();
    double ideal2 = 0.0;
    double ideal_real = 0.0;
    double real2 = 0.0;
    for (std::size_t k = 0; k < n_vectors; ++k) {
        std::vector<double> ideal(n);
        std::vector<double> real(n);
        for (std::size_t r = 0; r < n; ++r) {
            const auto word_line = static_cast<std::uint32_t>(r);
            const double u = uniform(place_of(Purpose::inputs, chip, 0, k), word_line);
            const double x = std::floor(255.0 * u) - 127.0;
            for (std::size_t c = 0; c < n; ++c) {
                ideal[c] += x * targets.codes.row(r)[c] / full_scale;
                real[c] += x * per_weight * (pos[r * n + c] - neg[r * n + c]);
            }
        }
        for (std::size_t c = 0; c < n; ++c) {
            ideal2 += ideal[c] * ideal[c];
            ideal_real += ideal[c] * real[c];
            real2 += real[c] * real[c];
        }
    }
    Error error;
    error.alpha = ideal_real / real2;
    error.raw = 100.0 * std::sqrt((real2 - 2.0 * ideal_real + ideal2) / ideal2);
    error.fitted = 100.0 * std::sqrt(1.0 - ideal_real * ideal_real / (real2 * ideal2));
    return error;
}

Error mean_over_chips(config::TileConfig config, Weights kind)
{
    Error mean;
    for (std::uint64_t chip = 1; chip <= n_chips; ++chip) {
        config.seed.device = chip;
        const Error one = mvm_error(config, kind, chip);
        mean.raw += one.raw / n_chips;
        mean.fitted += one.fitted / n_chips;
        mean.alpha += one.alpha / n_chips;
    }
    return mean;
}

/// [%] at t_0; then after an hour, a day and 30 days: t = t_inference + t_0, as device.age_s.
struct Cells {
    double t_0;
    std::array<Error, 3> aged;
};

struct Row {
    const char* name;
    config::DeviceModel model;
    int devices;
    Weights weights;
    Cells printed;    ///< exponents at the programmed conductance
    Cells at_target;  ///< mvm_error_numpy.py --repeats 40; t_0 as printed
};

constexpr auto pcm_like = config::DeviceModel::pcm_like;
constexpr auto hermes = config::DeviceModel::hermes;
constexpr auto flat = Weights::uniform_with_zeros;
constexpr auto bell = Weights::normal;

const std::vector<Row> table{
    {"uniform, 30 % zeros, pcm_like",
     pcm_like,
     1,
     flat,
     {8.1, {{{24.0, 9.5, 1.28}, {34.6, 11.1, 1.49}, {44.5, 13.2, 1.75}}}},
     {8.1, {{{24.0, 9.5, 1.28}, {34.6, 11.1, 1.49}, {44.5, 13.2, 1.75}}}}},
    {"uniform, 30 % zeros, hermes 1",
     hermes,
     1,
     flat,
     {16.0, {{{19.8, 18.2, 1.08}, {26.8, 21.8, 1.19}, {34.5, 26.1, 1.31}}}},
     {16.0, {{{18.7, 16.7, 1.09}, {25.6, 18.8, 1.22}, {33.6, 21.9, 1.35}}}}},
    {"uniform, 30 % zeros, hermes 2",
     hermes,
     2,
     flat,
     {10.1, {{{14.0, 11.4, 1.09}, {22.5, 14.5, 1.21}, {31.5, 18.5, 1.35}}}},
     {10.1, {{{13.8, 10.9, 1.09}, {22.2, 13.4, 1.22}, {31.2, 17.1, 1.36}}}}},
    {"N(0, 1/3) clipped, pcm_like",
     pcm_like,
     1,
     bell,
     {11.0, {{{25.1, 12.5, 1.28}, {35.4, 14.2, 1.49}, {45.0, 16.4, 1.74}}}},
     {11.0, {{{25.1, 12.5, 1.28}, {35.4, 14.2, 1.49}, {45.0, 16.4, 1.74}}}}},
    {"N(0, 1/3) clipped, hermes 1",
     hermes,
     1,
     bell,
     {20.5, {{{24.3, 21.9, 1.12}, {33.0, 24.8, 1.29}, {42.6, 29.0, 1.49}}}},
     {20.5, {{{23.7, 20.8, 1.13}, {32.5, 22.8, 1.31}, {42.3, 26.1, 1.53}}}}},
    {"N(0, 1/3) clipped, hermes 2",
     hermes,
     2,
     bell,
     {13.6, {{{18.4, 14.7, 1.13}, {28.9, 17.4, 1.31}, {39.9, 21.3, 1.53}}}},
     {13.6, {{{18.2, 14.2, 1.13}, {28.8, 16.5, 1.31}, {39.8, 20.1, 1.54}}}}},
};

class MvmErrorTable : public testing::Test {
protected:
    ~MvmErrorTable() override
    {
        std::printf("figure: %d of %d cells within %.1f points, largest difference %.2f\n", within_,
                    cells_, tolerance, worst_);
    }

    void cell(double ours, double expected, const char* name)
    {
        ++cells_;
        within_ += std::fabs(ours - expected) <= tolerance ? 1 : 0;
        worst_ = std::max(worst_, std::fabs(ours - expected));
        EXPECT_NEAR(ours, expected, tolerance) << name;
    }

    void row(const Row& row, const Cells& expected, ExponentAt at)
    {
        config::TileConfig config;
        config.read.mode = config::ReadMode::four_phase;  // hermes: t_read 512 ns
        config.device.model = row.model;
        config.device.devices_per_polarity = row.devices;
        config.device.drift_exponent_at = at;
        const Error first = mean_over_chips(config, row.weights);
        std::printf("%-30s %4.1f (%4.1f)", row.name, first.raw, expected.t_0);
        cell(first.raw, expected.t_0, row.name);
        constexpr std::array<double, 3> ages_s{3600.0, 86400.0, 30 * 86400.0};
        for (std::size_t i = 0; i < ages_s.size(); ++i) {
            config.device.age_s = ages_s[i];
            const Error ours = mean_over_chips(config, row.weights);
            const Error& theirs = expected.aged[i];
            std::printf(" | %4.1f (%4.1f) %4.1f (%4.1f) %.2f (%.2f)", ours.raw, theirs.raw,
                        ours.fitted, theirs.fitted, ours.alpha, theirs.alpha);
            cell(ours.raw, theirs.raw, row.name);
            cell(ours.fitted, theirs.fitted, row.name);
            EXPECT_NEAR(ours.alpha, theirs.alpha, 0.02) << row.name;
        }
        std::printf("\n");
    }

private:
    int cells_ = 0;
    int within_ = 0;
    double worst_ = 0.0;
};

constexpr const char* heading =
    "error in %%, raw, after the best factor, factor (expected): t_0 | 1 h | 1 d | 30 d\n";

TEST_F(MvmErrorTable, ExponentAtTheTargetAsThePublishedCodeHasIt)
{
    std::printf(heading);
    for (const Row& r : table) { row(r, r.at_target, ExponentAt::target); }
}

TEST_F(MvmErrorTable, EveryPrintedCellWithTheExponentAtTheProgrammedConductance)
{
    std::printf(heading);
    for (const Row& r : table) { row(r, r.printed, ExponentAt::programmed); }
}

}  // namespace
