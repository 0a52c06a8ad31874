// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/input_codes.h"
#include "aimc/ldpu/binary16.h"
#include "aimc/mvm/job.h"
#include "aimc/mvm/read_path.h"
#include "aimc/mvm/timing.h"

#include <cstdint>
#include <random>
#include <vector>

/// Random work for small tiles, and what must come out of it by the pure functions.
namespace aimc::test {

/// Seeded numbers that are the same with every standard library (the engine is specified bit for
/// bit, the distributions of <random> are not).
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    /// low .. high, both included
    int roll(int low, int high)
    {
        const auto span = static_cast<std::uint64_t>(high - low + 1);
        return low + static_cast<int>(engine_() % span);
    }
    bool flip() { return roll(0, 1) == 1; }

private:
    std::mt19937_64 engine_;
};

inline device::CellTargets random_targets(const config::TileConfig& c, Dice& dice)
{
    device::CellTargets targets;
    targets.codes = Matrix<std::int16_t>(c.rows, c.cols);
    for (auto& code : targets.codes.data()) {
        code = static_cast<std::int16_t>(dice.roll(-127, 127));
    }
    return targets;
}

inline mvm::PostWords random_words(const config::TileConfig& c, Dice& dice)
{
    mvm::PostWords words;
    words.activation = dice.flip() ? config::Activation::identity : config::Activation::relu;
    for (std::size_t i = 0; i < c.cols; ++i) {
        words.nmpu.push_back({dice.roll(1, 255), dice.roll(1, 255), dice.roll(-128, 127), 0});
        words.ldpu.push_back({ldpu::from_double(dice.roll(1, 64) / 64.0),
                              ldpu::from_double(dice.roll(1, 64) / 64.0),
                              ldpu::from_int(dice.roll(-20, 20)), ldpu::from_int(1),
                              ldpu::from_int(dice.roll(-4, 4))});
    }
    return words;
}

/// Codes of one sign, of both, or none at all, so that phases get skipped.
inline Matrix<std::int8_t> random_inputs(std::size_t n, std::size_t rows, Dice& dice,
                                         config::InputCodes taken = {})
{
    Matrix<std::int8_t> x(n, rows);
    for (std::size_t k = 0; k < n; ++k) {
        const int kind = dice.roll(0, 5);
        const int low = kind == 0 || kind == 2 ? 0 : taken.least;
        const int high = kind == 1 || kind == 2 ? 0 : taken.largest;
        for (std::size_t r = 0; r < rows; ++r) {
            x.row(k)[r] = static_cast<std::int8_t>(dice.roll(low, high));
        }
    }
    return x;
}

/// The same for a tile of any kind: codes that it takes.
inline Matrix<std::int8_t> inputs_of(const config::TileConfig& c, std::size_t n, Dice& dice)
{
    return random_inputs(n, c.rows, dice, config::input_codes(c));
}

/// Lets a job bring residual words, and partial sums leave, or not.
inline void random_ports(const config::TileConfig& c, mvm::Job& job, Dice& dice)
{
    job.words.partial_out = dice.flip();
    job.words.residual_in = dice.flip();
    job.residuals = {};
    if (!job.words.residual_in) { return; }
    job.residuals = Matrix<std::int16_t>(job.inputs.rows(), c.cols);
    const int most = dice.flip() ? 100 : 32767;
    for (auto& word : job.residuals.data()) {
        word = static_cast<std::int16_t>(dice.roll(-most - 1, most));
    }
}

/// Lets the residual words of a job come by the residual port: long before their vectors, with
/// them, behind them or in no order; or leaves them with x.
/// @param n_read  about how often vectors can come [cycles]
inline void random_residual_edges(int n_read, mvm::Job& job, Dice& dice)
{
    job.residual_ready.clear();
    if (!job.words.residual_in || dice.roll(0, 3) == 0) { return; }
    const int pace = dice.roll(0, 2) * dice.roll(0, n_read);
    const int spread = dice.roll(0, 1) * dice.roll(1, 6) * n_read;
    for (std::size_t k = 0; k < job.inputs.rows(); ++k) {
        const int edge = pace * static_cast<int>(k) + dice.roll(0, spread);
        job.residual_ready.push_back(static_cast<std::uint64_t>(edge));
    }
}

/// What leaves the tile at O_k.
inline const std::vector<std::int32_t>& leaving(const mvm::Job& job, const mvm::MvmValues& v)
{
    return job.words.partial_out ? v.partial : v.y;
}

/// What the pure rooms say about a job on one chip. Reads are numbered from `job.first_read`.
class Expected {
public:
    Expected(const config::TileConfig& config, const device::CellTargets& targets)
        : config_(config), path_(config, mvm::make_chip(config, targets))
    {
    }
    std::vector<mvm::MvmRecord> of(const mvm::Job& job) const
    {
        const mvm::PostProcessor post(config_, job.words);
        mvm::Recurrence recurrence(mvm::timing_rules(config_, job.words.residual_in), job.arrival,
                                   job.sink);
        std::vector<mvm::MvmRecord> all;
        for (std::size_t k = 0; k < job.inputs.rows(); ++k) {
            const std::int8_t* x = job.inputs.row(k);
            mvm::MvmRecord record;
            record.mvm = k;
            record.times =
                recurrence.next(mvm::n_read_cycles(config_, mvm::n_steps(config_, x, config_.rows)),
                                job.residual_ready_of(k));
            auto& v = record.values;
            v.x.assign(x, x + config_.rows);
            for (auto* out : {&v.c_p, &v.c_n, &v.y, &v.partial}) { out->resize(config_.cols); }
            mvm::ReadPath::Scratch scratch;
            std::vector<mvm::LaneCounters> lanes;
            path_.read(x, {job.first_read + k, false}, scratch, v.c_p.data(), v.c_n.data());
            v.residual = job.residual_of(k);
            post.process(v.c_p.data(), v.c_n.data(), v.residual_words(), v.y.data(),
                         v.partial.data(), lanes);
            all.push_back(record);
        }
        return all;
    }

private:
    config::TileConfig config_;
    mvm::ReadPath path_;
};

}  // namespace aimc::test
