// SPDX-License-Identifier: Apache-2.0
// What a part books against its definition, MVM by MVM and column by column.
#include "part.h"

#include "support/small_work.h"
#include "support/tiny_tile.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aimc::apps {
namespace {

using test::Dice;

struct Bench {
    config::TileConfig config = test::tiny_tile();
    config::Layer layer;
    calibration::LayerCalibration calibration;
    std::vector<mvm::MvmRecord> records;
};

/// A layer that does not fill its tile, and MVMs with whatever counts.
Bench bench_of(std::uint64_t seed, std::size_t rows, std::size_t n)
{
    Dice dice(seed);
    Bench b;
    b.config.rows = rows + 3;
    b.config.cols = 45;
    b.config.post = dice.flip() ? config::PostUnit::nmpu : config::PostUnit::ldpu;
    b.layer.rows = {2, rows + 2};
    b.layer.cols = {3, 40};
    b.layer.weights = Matrix<std::int16_t>(rows, 37);
    for (auto& w : b.layer.weights.data()) {
        w = static_cast<std::int16_t>(dice.roll(-32767, 32767));
    }
    b.layer.output = dice.flip() ? config::TileOutput::partial : config::TileOutput::y;
    b.calibration.words = test::random_words(b.config, dice);
    b.calibration.y_lsb = 1.0e5 / 3.0;
    if (dice.flip()) {
        for (std::size_t c = 0; c < 37; ++c) {
            b.layer.batch_norm.factor.push_back(dice.roll(1, 100) / 64.0);
            b.layer.batch_norm.summand.push_back(dice.roll(-100, 100) * 999.0);
        }
    }
    const mvm::PostProcessor post(b.config, b.calibration.words);
    std::vector<mvm::LaneCounters> lanes;
    const bool has_residual = dice.flip();
    for (std::size_t k = 0; k < n; ++k) {
        mvm::MvmRecord r;
        r.mvm = k;
        auto& v = r.values;
        for (std::size_t i = 0; i < b.config.rows; ++i) {
            v.x.push_back(static_cast<std::int8_t>(dice.roll(-127, 127)));
        }
        for (std::size_t c = 0; c < b.config.cols; ++c) {
            v.c_p.push_back(dice.roll(0, 200));
            v.c_n.push_back(dice.roll(0, 200));
            if (has_residual) {
                v.residual.push_back(static_cast<std::int16_t>(dice.roll(-90, 90)));
            }
        }
        for (auto* out : {&v.y, &v.partial}) { out->resize(b.config.cols); }
        post.process(v.c_p.data(), v.c_n.data(), v.residual_words(), v.y.data(), v.partial.data(),
                     lanes);
        b.records.push_back(std::move(r));
    }
    return b;
}

/// The affine map without rounding.  [LSB]
double exact(const Bench& b, std::size_t column, std::int32_t c_p, std::int32_t c_n)
{
    if (b.config.post == config::PostUnit::ldpu) {
        const auto& w = b.calibration.words.ldpu[column];
        const double t = ldpu::to_double(w.scale_p) * c_p - ldpu::to_double(w.scale_n) * c_n +
                         ldpu::to_double(w.offset);
        return ldpu::to_double(w.gamma) * t + ldpu::to_double(w.beta);
    }
    const auto& w = b.calibration.words.nmpu[column];
    const int fraction = b.config.nmpu.scale_fraction - b.calibration.words.scale_exponent;
    return std::ldexp(w.s_p, -fraction) * c_p - std::ldexp(w.s_n, -fraction) * c_n +
           std::ldexp(w.o_p - w.o_n, -b.config.nmpu.offset_fraction);
}

/// The definition: one column after the other.
std::pair<report::MvmError, report::MvmError> defined(const Bench& b)
{
    report::ErrorMeter error, post;
    auto words = b.calibration.words;
    words.activation = config::Activation::identity;
    const mvm::PostProcessor linear(b.config, words);
    std::vector<mvm::LaneCounters> lanes;
    std::vector<std::int32_t> y(b.config.cols), partial(b.config.cols);
    std::vector<std::int64_t> product(37);
    const bool is_partial = b.layer.output == config::TileOutput::partial;
    const auto& f = b.config.nmpu;
    const double top = is_partial ? std::ldexp(static_cast<double>(signed_max(f.partial_bits)),
                                               -f.partial_fraction)
                                  : static_cast<double>(signed_max(f.out_bits));
    for (const auto& record : b.records) {
        const auto& v = record.values;
        linear.process(v.c_p.data(), v.c_n.data(), v.residual_words(), y.data(), partial.data(),
                       lanes);
        calibration::ideal_product(b.layer, v.x.data() + b.layer.rows.from, product.data());
        for (std::size_t i = 0; i < 37; ++i) {
            const std::size_t c = 3 + i;
            const double residual =
                v.residual.empty() ? 0.0 : std::ldexp(v.residual[c], -f.residual_fraction);
            const double ref = b.layer.target(i, product[i]) / b.calibration.y_lsb + residual;
            const double unit = exact(b, c, v.c_p[c], v.c_n[c]) + residual;
            const double left = is_partial ? std::ldexp(partial[c], -f.partial_fraction) : y[c];
            error.add(left, std::clamp(ref, -top, top));
            post.add(left, std::clamp(unit, -top, top));
        }
    }
    return {error.result(), post.result()};
}

void expect_same(const report::MvmError& a, const report::MvmError& b)
{
    EXPECT_EQ(a.rel_l2, b.rel_l2);
    EXPECT_EQ(a.rmse_lsb, b.rmse_lsb);
    EXPECT_EQ(a.max_abs_lsb, b.max_abs_lsb);
}

TEST(PartErrors, AreTheDefinedSumsToTheLastBit)
{
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const Bench b = bench_of(seed, seed % 3 == 0 ? 1100 : 21, 70);
        const auto want = defined(b);
        EXPECT_GT(want.first.rel_l2, 0.0);
        for (const SimdLevel simd : simd_levels()) {
            for (const int threads : {1, 3}) {
                for (const std::size_t batch : {1U, 16U, 70U}) {
                    PartErrors errors(b.config, b.layer, b.calibration, simd, threads);
                    report::ErrorMeter error, post;
                    for (std::size_t k = 0; k < b.records.size(); k += batch) {
                        errors.add(b.records.data() + k, std::min(batch, b.records.size() - k),
                                   nullptr, error, post);
                    }
                    expect_same(error.result(), want.first);
                    expect_same(post.result(), want.second);
                }
            }
        }
    }
}

TEST(PartErrors, TakeProductsThatAreKnown)
{
    const Bench b = bench_of(5, 21, 40);
    Matrix<std::int64_t> known(40, 37);
    for (std::size_t k = 0; k < 40; ++k) {
        calibration::ideal_product(b.layer, b.records[k].values.x.data() + 2, known.row(k));
    }
    PartErrors errors(b.config, b.layer, b.calibration, best_simd_level(), 2);
    report::ErrorMeter error, post;
    errors.add(b.records.data(), 40, &known, error, post);
    expect_same(error.result(), defined(b).first);
    expect_same(post.result(), defined(b).second);
}

TEST(PartMeter, KeepsCodesForTheNextLayerAndCountsLabels)
{
    Bench b = bench_of(7, 21, 20);
    b.layer.out_shift = 1;
    std::vector<std::uint8_t> labels;
    for (const auto& r : b.records) {
        const auto first = r.values.y.begin() + 3;
        labels.push_back(static_cast<std::uint8_t>(std::max_element(first, first + 37) - first));
    }
    labels[4] = static_cast<std::uint8_t>(labels[4] == 0);
    Part part;
    part.expected = 20;
    part.calibration = b.calibration;
    PartNeeds needs;
    needs.next = true;
    needs.labels = &labels;
    PartMeter meter(b.config, b.layer, part, needs);
    meter.add(b.records.data(), 20);
    EXPECT_TRUE(part.is_whole());
    EXPECT_EQ(part.right, 19U);
    for (std::size_t c = 0; c < 37; ++c) {
        EXPECT_EQ(part.next.row(9)[c], calibration::next_code(b.records[9].values.y[3 + c], 1));
    }
}

TEST(PartMeter, FindsTheStartOfAnyVectorAgain)
{
    auto config = test::tiny_tile();
    config.read.mode = config::ReadMode::four_phase;
    config.read.skip_empty_phases = true;
    Dice dice(3);
    mvm::Job job;
    job.inputs = test::random_inputs(60, config.rows, dice);
    job.arrival.n_gaps = {0, 500, 3};
    job.sink.ready = {true, false, false};
    mvm::Recurrence recurrence(mvm::timing_rules(config, false), job.arrival, job.sink);
    for (std::uint64_t k = 0; k < 60; ++k) {
        const auto phases = crossbar::phases_of(config.read, job.inputs.row(k), config.rows);
        const auto times =
            recurrence.next(mvm::n_read_cycles(config, static_cast<int>(phases.size())), 0);
        EXPECT_EQ(start_of(config, job, k), times.start) << k;
    }
}

}  // namespace
}  // namespace aimc::apps
