// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/post.h"

#include "aimc/ldpu/timing.h"

#include <algorithm>
#include <utility>

namespace aimc::mvm {

PostWords words_for(const config::Layer& layer)
{
    PostWords words;
    words.activation = layer.activation;
    words.partial_out = layer.output == config::TileOutput::partial;
    words.residual_in = !layer.residuals.empty();
    return words;
}

PostProcessor::PostProcessor(const config::TileConfig& config, PostWords words, SimdLevel simd)
    : config_(config),
      words_(std::move(words)),
      lanes_(config.post == config::PostUnit::nmpu ? config.nmpu.lanes : config.ldpu.lanes),
      lane_(config.nmpu, words_.scale_exponent, words_.activation)
{
    if (config.post == config::PostUnit::ldpu) {
        auto of_cols = words_.ldpu;
        of_cols.resize(config.cols);
        ldpu_.emplace(of_cols, ldpu_settings(config, words_.activation), simd);
        return;
    }
    auto of_cols = words_.nmpu;
    of_cols.resize(config.cols);
    const int count_bits = config::count_bits(config) + config.adc.count_fraction;
    if (nmpu::Bank::fits(config.nmpu, words_.scale_exponent, of_cols, count_bits)) {
        nmpu_.emplace(config.nmpu, words_.scale_exponent, words_.activation, of_cols, count_bits,
                      simd);
    }
}

void PostProcessor::process_lanes(const std::int32_t* c_p, const std::int32_t* c_n,
                                  const std::int16_t* residual, std::int32_t* y,
                                  std::int32_t* partial, ColumnCounters& counters) const
{
    for (std::size_t c = 0; c < config_.cols; ++c) {
        const auto out =
            lane_.compute(c_p[c], c_n[c], words_.nmpu[c], residual != nullptr ? residual[c] : 0);
        y[c] = out.y;
        partial[c] = out.partial;
        counters.saturated[c] += out.saturated;
        counters.relu_clipped[c] += out.relu_clipped;
        counters.partial_saturated[c] += out.partial_saturated;
    }
}

void PostProcessor::process_batch(const std::int32_t* c_p, const std::int32_t* c_n,
                                  const std::int16_t* residual, std::size_t n, std::int32_t* y,
                                  std::int32_t* partial, std::vector<LaneCounters>& per_lane) const
{
    thread_local ColumnCounters counters;
    const std::size_t cols = config_.cols;
    counters.reset(cols);
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t at = k * cols;
        const std::int16_t* own = residual != nullptr ? residual + at : nullptr;
        if (ldpu_) {
            ldpu_->process(c_p + at, c_n + at, own, y + at, partial + at, counters);
        } else if (!nmpu_ ||
                   !nmpu_->process(c_p + at, c_n + at, own, y + at, partial + at, counters)) {
            process_lanes(c_p + at, c_n + at, own, y + at, partial + at, counters);
        }
    }
    book(counters, per_lane);
}

/// What does not leave the unit cannot have given in.
void PostProcessor::book(const ColumnCounters& counters, std::vector<LaneCounters>& per_lane) const
{
    const auto lanes = static_cast<std::size_t>(lanes_);
    per_lane.resize(lanes);
    const auto add = [&](LaneCounters& lane, std::size_t c) {
        if (words_.partial_out) {
            lane.partial_saturated += counters.partial_saturated[c];
        } else {
            lane.saturated += counters.saturated[c];
            lane.relu_clipped += counters.relu_clipped[c];
        }
    };
    // no division for each column of each vector: an LDPU's columns take turns, those of an NMPU
    // lane are side by side
    const std::size_t cols_per_lane = (config_.cols + lanes - 1) / lanes;
    for (std::size_t l = 0; l < lanes; ++l) {
        if (ldpu_) {
            for (std::size_t c = l; c < config_.cols; c += lanes) { add(per_lane[l], c); }
        } else {
            const std::size_t end = std::min((l + 1) * cols_per_lane, config_.cols);
            for (std::size_t c = l * cols_per_lane; c < end; ++c) { add(per_lane[l], c); }
        }
    }
}

ldpu::LaneSettings ldpu_settings(const config::TileConfig& config, config::Activation activation)
{
    ldpu::LaneSettings settings;
    settings.out_bits = config.nmpu.out_bits;
    settings.count_fraction = config.adc.count_fraction;
    settings.residual_fraction = config.nmpu.residual_fraction;
    settings.partial_bits = config.nmpu.partial_bits;
    settings.partial_fraction = config.nmpu.partial_fraction;
    settings.relu = activation != config::Activation::identity;
    if (activation == config::Activation::clipped_relu) { settings.clip = config.nmpu.relu_clip; }
    return settings;
}

int n_post_cycles(const config::TileConfig& config, bool residual_in)
{
    const auto cols = static_cast<int>(config.cols);
    if (config.post == config::PostUnit::nmpu) {
        return nmpu::n_nmpu_cycles(cols, config.nmpu.lanes, config.nmpu.n_fill);
    }
    const auto& l = config.ldpu;
    const int passes = l.passes + (residual_in ? l.residual_passes : 0);
    return static_cast<int>(
        ldpu::n_ldpu_cycles(passes, cols, l.lanes, l.n_initiation_interval, l.n_fill));
}

}  // namespace aimc::mvm
