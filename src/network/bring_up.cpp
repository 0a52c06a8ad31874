// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/bring_up.h"

#include "aimc/base/error.h"

#include "code_table.h"
#include "fit_words.h"
#include "maps.h"
#include "parallel.h"
#include "sample.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aimc::network {

using calibration::ColumnSamples;
using crossbar::ReadId;

Ranges ranges_of(const config::Network& network, const Program& program,
                 const Matrix<std::uint8_t>& images, double percentile, SimdLevel simd, int threads,
                 const std::function<bool()>& stop)
{
    const FloatNetwork net(network, program, simd);
    const auto parts = static_cast<std::size_t>(threads);
    std::vector<Ranges> of_part(parts, Ranges(network, percentile, images.rows()));
    in_parallel(threads, parts, [&](std::size_t p) {
        for (std::size_t i = p; i < images.rows() && !(stop && stop()); i += parts) {
            net.run(images.row(i), [&](std::size_t map, const std::vector<float>& values) {
                of_part[p].add(map, values);
            });
        }
    });
    if (stop && stop()) { throw Interrupted("while ranges were looked for"); }
    for (std::size_t p = 1; p < parts; ++p) { of_part[0].merge(of_part[p]); }
    return of_part[0];
}

namespace {

/// The maps of one image as exact tiles would code them.
std::vector<Map<std::int8_t>> coded_maps(const Wiring& wiring, const FloatNetwork& net,
                                         const std::uint8_t* image)
{
    std::vector<Map<std::int8_t>> maps(wiring.network.nodes.size() + 1);
    const double largest = wiring.scales.largest_code;
    net.run(image, [&](std::size_t m, const std::vector<float>& values) {
        Map<std::int8_t> map{wiring.network.shape_of(m), std::vector<std::int8_t>(values.size())};
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double code =
                std::floor(static_cast<double>(values[i]) / wiring.scales.lsb[m] + 0.5);
            map.values[i] = static_cast<std::int8_t>(std::clamp(code, -largest, largest));
        }
        maps[m] = std::move(map);
    });
    return maps;
}

Matrix<std::int8_t> rows_of(const Matrix<std::int8_t>& all, const std::vector<std::size_t>& which)
{
    Matrix<std::int8_t> out(which.size(), all.cols());
    for (std::size_t k = 0; k < which.size(); ++k) {
        std::copy(all.row(which[k]), all.row(which[k]) + all.cols(), out.row(k));
    }
    return out;
}

}  // namespace

std::vector<Matrix<std::int8_t>> exact_inputs(const Wiring& wiring,
                                              const Matrix<std::uint8_t>& images, std::size_t most,
                                              SimdLevel simd, int threads)
{
    const FloatNetwork net(wiring.network, wiring.program, simd);
    const auto& layers = wiring.plan.layers;
    std::vector<std::vector<std::size_t>> chosen;
    std::vector<Matrix<std::int8_t>> out;
    std::vector<Im2colTable> tables;
    for (const LayerPlan& layer : layers) {
        const auto& node = wiring.node(layer);
        chosen.push_back(spread_sample(images.rows() * layer.positions, most));
        out.emplace_back(chosen.back().size(), layer.rows);
        tables.push_back(code_table(wiring, node));
    }
    in_parallel(threads, images.rows(), [&](std::size_t i) {
        const auto maps = coded_maps(wiring, net, images.row(i));
        std::vector<std::int8_t> padded, x;
        for (std::size_t l = 0; l < layers.size(); ++l) {
            const Step& step = wiring.program.steps[layers[l].step];
            x.resize(layers[l].positions * layers[l].rows);
            tables[l].gather(maps[step.inputs[0]], padded, x.data());
            each_of_image(chosen[l], i, layers[l].positions,
                          [&](std::size_t k, std::size_t position) {
                              const std::int8_t* const from = x.data() + position * layers[l].rows;
                              std::copy(from, from + layers[l].rows, out[l].row(k));
                          });
        }
    });
    return out;
}

BringUp::BringUp(const config::TileConfig& config, const Wiring& wiring,
                 const std::vector<PlacedLayer>& layers, Tiles& tiles, int threads)
    : config_(config), wiring_(wiring), layers_(layers), tiles_(tiles), threads_(threads)
{
}

void BringUp::calibrate(const Matrix<std::uint8_t>& images, const std::function<bool()>& stop)
{
    const bool representative =
        config_.calibration.vectors == config::CalibrationVectors::representative;
    // read numbers: those of an earlier calibration, then the walks' own, then those of the fits
    const std::uint64_t per_image = wiring_.plan.reads_per_image();
    const std::uint64_t first_walk = (reads_ + per_image - 1) / per_image;
    reads_ = (first_walk + images.rows()) * per_image;
    std::vector<Walk> walks;
    for (std::size_t i = 0; i < images.rows(); ++i) {
        walks.emplace_back(wiring_);
        walks.back().start(images.row(i), first_walk + i);
    }
    clipped_ = 0;
    words_.clear();
    probes_.clear();
    const auto count = static_cast<std::size_t>(config_.calibration.count);
    for (std::size_t l = 0; l < wiring_.plan.layers.size(); ++l) {
        if (stop && stop()) { throw Interrupted("during the calibration"); }
        const LayerPlan& layer = wiring_.plan.layers[l];
        const auto chosen = spread_sample(images.rows() * layer.positions, count);
        Matrix<std::int8_t> x(chosen.size(), layer.rows);
        in_parallel(threads_, walks.size(), [&](std::size_t i) {
            walks[i].next();
            each_of_image(chosen, i, layer.positions, [&](std::size_t k, std::size_t position) {
                const std::int8_t* const from = &walks[i].work().x[position * layer.rows];
                std::copy(from, from + layer.rows, x.row(k));
            });
        });
        if (!representative) { x = calibration::random_vectors(config_, layer.rows, l); }
        words_.push_back(fit(l, x));
        const auto n_probes = static_cast<std::size_t>(config_.ageing.probe_vectors);
        probes_.push_back(rows_of(x, spread_sample(x.rows(), n_probes)));
        if (l + 1 == wiring_.plan.layers.size()) { break; }
        const LayerUnit unit(config_, wiring_, tiles_, l, words_.back());
        in_parallel(threads_, walks.size(), [&](std::size_t i) {
            thread_local LayerScratch scratch;
            thread_local std::vector<std::int32_t> out;
            LayerEvents events;
            unit.run(walks[i].work(), true, scratch, out, events);
            walks[i].give(out.data());
        });
    }
    fitted_ = words_;
    if (config_.ageing.compensation != config::Compensation::none) { then_ = readout(); }
}

LayerWords BringUp::fit(std::size_t l, const Matrix<std::int8_t>& x)
{
    const LayerPlan& layer = wiring_.plan.layers[l];
    const auto& targets = layers_[l].targets;
    BlockSamples samples(layer.blocks.size());
    in_parallel(threads_, layer.blocks.size(), [&](std::size_t b) {
        const Block& block = layer.blocks[b];
        const std::size_t width = block.cols.size();
        std::vector<std::int32_t> c_p(x.rows() * width), c_n(x.rows() * width);
        std::vector<int> phases(x.rows());
        mvm::ReadPath::Scratch scratch;
        tiles_.read(l, b, x.row(0), x.rows(), ReadId{reads_, true}, scratch, c_p.data(), c_n.data(),
                    phases.data());
        samples[b].resize(width);
        std::vector<std::int64_t> ideal(width);
        const auto nominal =
            calibration::nominal_counts(config_, tiles_.chip(block.tile).current_ratio,
                                        layers_[l].blocks[b], tiles_.n_layers(block.tile) == 1);
        for (std::size_t c = 0; c < width; ++c) {
            ColumnSamples& column = samples[b][c];
            column.count_fraction = config_.adc.count_fraction;
            column.nominal = std::ldexp(nominal[c], -config_.adc.count_fraction);
            column.trusts_design = config_.kind != config::TileKind::analog;
            column.factor = targets[block.cols.from + c].gain / static_cast<double>(layer.copies);
            for (auto* counts : {&column.c_p, &column.c_n}) { counts->resize(x.rows()); }
            column.ideal.resize(x.rows());
        }
        for (std::size_t k = 0; k < x.rows(); ++k) {
            exact_product(layer, layers_[l], b, x.row(k), ideal.data());
            for (std::size_t c = 0; c < width; ++c) {
                samples[b][c].c_p[k] = c_p[k * width + c];
                samples[b][c].c_n[k] = c_n[k * width + c];
                samples[b][c].ideal[k] = ideal[c];
            }
        }
    });
    reads_ += x.rows() * layer.chains;
    vectors_ += x.rows();
    LayerWords words =
        fit_words(config_, wiring_.program.steps[layer.step], layer, targets, samples);
    words.vectors = x.rows();
    return words;
}

/// One "layer" of the readout for each block.
calibration::Readout BringUp::readout()
{
    calibration::Readout out;
    for (std::size_t l = 0; l < wiring_.plan.layers.size(); ++l) {
        const LayerPlan& layer = wiring_.plan.layers[l];
        const auto& x = probes_[l];
        const std::size_t first = out.mean.size();
        out.mean.resize(first + layer.blocks.size());
        in_parallel(threads_, layer.blocks.size(), [&](std::size_t b) {
            const Block& block = layer.blocks[b];
            const std::size_t width = block.cols.size();
            std::vector<std::int32_t> c_p(x.rows() * width), c_n(x.rows() * width);
            mvm::ReadPath::Scratch scratch;
            tiles_.read(l, b, x.row(0), x.rows(), ReadId{reads_, true}, scratch, c_p.data(),
                        c_n.data(), nullptr);
            auto& mean = out.mean[first + b];
            mean.assign(width, 0.0);
            for (std::size_t k = 0; k < x.rows(); ++k) {
                for (std::size_t c = 0; c < width; ++c) {
                    const double y = calibration::corrected(config_, fitted_[l].blocks[b], c,
                                                            c_p[k * width + c], c_n[k * width + c]);
                    mean[c] += std::fabs(y - fixed_part(l, b, c));
                }
            }
            for (double& m : mean) { m /= static_cast<double>(x.rows()); }
        });
        out.vectors += x.rows();
        reads_ += x.rows() * layer.chains;
    }
    return out;
}

/// What no reading has a share in: the constant of the column, where the words hold it.
double BringUp::fixed_part(std::size_t l, std::size_t b, std::size_t c) const
{
    const LayerPlan& layer = wiring_.plan.layers[l];
    const double constant = layers_[l].targets[layer.blocks[b].cols.from + c].constant;
    if (config_.post == config::PostUnit::nmpu) {
        return constant / static_cast<double>(layer.links);
    }
    return b % layer.links + 1 == layer.links ? constant : 0.0;
}

void BringUp::compensate()
{
    words_ = fitted_;
    clipped_ = 0;
    if (config_.ageing.compensation == config::Compensation::none) { return; }
    const auto now = readout();
    std::size_t at = 0;
    for (std::size_t l = 0; l < words_.size(); ++l) {
        for (std::size_t b = 0; b < words_[l].blocks.size(); ++b, ++at) {
            // a tile knows itself alone: global is one factor per block
            calibration::Readout before, after;
            before.mean = {then_.mean[at]};
            after.mean = {now.mean[at]};
            const auto factors =
                calibration::compensation_factors(config_.ageing.compensation, before, after);
            config::Layer layer;
            layer.cols = {0, factors[0].size()};
            for (std::size_t c = 0; c < layer.cols.to; ++c) {
                layer.batch_norm.factor.push_back(1.0);
                layer.batch_norm.summand.push_back(fixed_part(l, b, c));
            }
            std::uint64_t clipped = 0;
            words_[l].blocks[b] = calibration::compensated(
                config_, layer, 1.0, fitted_[l].blocks[b], factors[0], clipped);
            clipped_ += clipped;
        }
    }
}

}  // namespace aimc::network
