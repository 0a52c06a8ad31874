// SPDX-License-Identifier: Apache-2.0
#include "aimc/network/tiles.h"

#include "aimc/calibration/calibrate.h"

#include "parallel.h"

#include <algorithm>
#include <cmath>

namespace aimc::network {
namespace {

config::Layer block_layer(const config::NetworkNode& node, const Block& block,
                          const std::vector<bool>& swapped)
{
    config::Layer layer;
    layer.name = node.name;
    layer.code_max = node.code_max;
    layer.rows = block.at_rows;
    layer.cols = block.at_cols;
    layer.weights = Matrix<std::int16_t>(block.rows.size(), block.cols.size());
    for (std::size_t r = 0; r < block.rows.size(); ++r) {
        for (std::size_t c = 0; c < block.cols.size(); ++c) {
            const int code =
                node.codes.row((block.rows.from + r) % node.codes.rows())[block.cols.from + c];
            layer.weights.row(r)[c] =
                static_cast<std::int16_t>(swapped[block.cols.from + c] ? -code : code);
        }
    }
    return layer;
}

}  // namespace

std::vector<PlacedLayer> place_layers(const Wiring& wiring)
{
    std::vector<PlacedLayer> out;
    for (const LayerPlan& plan : wiring.plan.layers) {
        const Step& step = wiring.program.steps[plan.step];
        const config::NetworkNode& node = wiring.node(plan);
        const double in = wiring.scales.lsb[step.inputs[0]];
        const double lsb = wiring.scales.lsb[step.output];
        PlacedLayer layer;
        for (std::size_t c = 0; c < plan.cols; ++c) {
            const double gain = node.factor[c] * node.step[c] * in / lsb;
            layer.swapped.push_back(gain < 0.0);
            layer.targets.push_back(
                {std::fabs(gain), (node.factor[c] * node.bias[c] + node.summand[c]) / lsb});
        }
        for (const Block& block : plan.blocks) {
            layer.blocks.push_back(block_layer(node, block, layer.swapped));
        }
        out.push_back(std::move(layer));
    }
    return out;
}

void exact_product(const LayerPlan& plan, const PlacedLayer& layer, std::size_t block,
                   const std::int8_t* x, std::int64_t* out)
{
    const Block& b = plan.blocks[block];
    if (plan.copies == 1) {
        calibration::ideal_product(layer.blocks[block], x + b.rows.from, out);
        return;
    }
    thread_local std::vector<std::int8_t> lines;
    lines.resize(b.rows.size());
    drive_block(plan, b, x, lines.data());
    calibration::ideal_product(layer.blocks[block], lines.data(), out);
}

Tiles::Tiles(const config::TileConfig& config, const Wiring& wiring,
             const std::vector<PlacedLayer>& layers, SimdLevel simd, int threads)
    : config_(config), wiring_(wiring), simd_(simd), threads_(threads)
{
    std::vector<config::Workload> work(wiring.plan.n_tiles);
    for (std::size_t l = 0; l < layers.size(); ++l) {
        for (std::size_t b = 0; b < layers[l].blocks.size(); ++b) {
            work[wiring.plan.layers[l].blocks[b].tile].layers.push_back(layers[l].blocks[b]);
        }
    }
    for (const auto& w : work) {
        targets_.push_back(calibration::cell_targets(config, w));
        n_layers_.push_back(w.layers.size());
    }
    chips_.resize(targets_.size());
    program();
    make_paths();
}

config::TileConfig Tiles::config_of(std::size_t tile) const
{
    config::TileConfig config = config_;
    config.index = static_cast<std::uint16_t>(config_.index + tile);
    return config;
}

void Tiles::program()
{
    in_parallel(threads_, chips_.size(), [&](std::size_t t) {
        const double ratio = chips_[t].current_ratio;
        const bool settled = !chips_[t].curves.columns.empty();
        chips_[t] = mvm::make_chip(config_of(t), targets_[t]);
        if (settled) { chips_[t].current_ratio = ratio; }
    });
}

void Tiles::make_paths()
{
    paths_.clear();
    for (const LayerPlan& layer : wiring_.plan.layers) {
        auto& paths = paths_.emplace_back(layer.blocks.size());
        in_parallel(threads_, paths.size(), [&](std::size_t b) {
            const Block& block = layer.blocks[b];
            paths[b] = std::make_unique<const mvm::ReadPath>(
                config_of(block.tile), chips_[block.tile], simd_,
                mvm::Window{block.at_rows, block.at_cols});
        });
    }
}

void Tiles::settle_current_ratios(const std::vector<Matrix<std::int8_t>>& inputs)
{
    const bool has_ceiling = std::any_of(chips_.begin(), chips_.end(),
                                         [](const mvm::Chip& c) { return c.curves.has_ceiling; });
    if (config_.adc.current_ratio || !has_ceiling) { return; }
    in_parallel(threads_, chips_.size(), [&](std::size_t t) {
        double ratio = 1.0;
        for (std::size_t l = 0; l < inputs.size(); ++l) {
            for (const Block& block : wiring_.plan.layers[l].blocks) {
                if (block.tile != t) { continue; }
                Matrix<std::int8_t> lines(inputs[l].rows(), config_.rows);
                for (std::size_t k = 0; k < lines.rows(); ++k) {
                    drive_block(wiring_.plan.layers[l], block, inputs[l].row(k),
                                lines.row(k) + block.at_rows.from);
                }
                ratio = std::min(ratio, calibration::choose_current_ratio(config_of(t), chips_[t],
                                                                          lines, block.at_cols));
            }
        }
        chips_[t].current_ratio = ratio;
    });
    make_paths();
}

void Tiles::read(std::size_t layer, std::size_t block, const std::int8_t* x, std::size_t n,
                 crossbar::ReadId first, mvm::ReadPath::Scratch& scratch, std::int32_t* c_p,
                 std::int32_t* c_n, int* phases) const
{
    const LayerPlan& plan = wiring_.plan.layers[layer];
    const Block& b = plan.blocks[block];
    const mvm::ReadPath& path = *paths_[layer][block];
    first.read += block / plan.links * n;
    if (plan.copies == 1) {
        path.read_batch(x + b.rows.from, plan.rows, n, first, scratch, c_p, c_n, phases);
        return;
    }
    thread_local std::vector<std::int8_t> lines;
    lines.resize(n * b.rows.size());
    for (std::size_t k = 0; k < n; ++k) {
        drive_block(plan, b, x + k * plan.rows, lines.data() + k * b.rows.size());
    }
    path.read_batch(lines.data(), b.rows.size(), n, first, scratch, c_p, c_n, phases);
}

void Tiles::age_to(double age_s)
{
    config_.device.age_s = age_s;
    program();
    make_paths();
}

}  // namespace aimc::network
