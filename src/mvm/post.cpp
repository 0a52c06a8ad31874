// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/post.h"

#include "aimc/ldpu/timing.h"

#include <optional>
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

PostProcessor::PostProcessor(const config::TileConfig& config, PostWords words)
    : config_(config),
      words_(std::move(words)),
      lanes_(config.post == config::PostUnit::nmpu ? config.nmpu.lanes : config.ldpu.lanes)
{
}

void PostProcessor::process(const std::int32_t* c_p, const std::int32_t* c_n,
                            const std::int16_t* residual, std::int32_t* y, std::int32_t* partial,
                            std::vector<LaneCounters>& per_lane) const
{
    per_lane.resize(static_cast<std::size_t>(lanes_));
    const bool is_nmpu = config_.post == config::PostUnit::nmpu;
    (this->*(is_nmpu ? &PostProcessor::process_nmpu : &PostProcessor::process_ldpu))(
        c_p, c_n, residual, y, partial, per_lane);
}

namespace {

/// Books what one column leaves; what does not leave the unit cannot have given in.
template <class Output>
void count(const Output& out, bool partial_out, LaneCounters& lane)
{
    if (partial_out) {
        lane.partial_saturated += out.partial_saturated;
    } else {
        lane.saturated += out.saturated;
        lane.relu_clipped += out.relu_clipped;
    }
}

}  // namespace

void PostProcessor::process_nmpu(const std::int32_t* c_p, const std::int32_t* c_n,
                                 const std::int16_t* residual, std::int32_t* y,
                                 std::int32_t* partial, std::vector<LaneCounters>& per_lane) const
{
    const std::size_t cols_per_lane = (config_.cols + per_lane.size() - 1) / per_lane.size();
    const nmpu::Lane lane(config_.nmpu, words_.scale_exponent, words_.activation);
    for (std::size_t c = 0; c < config_.cols; ++c) {
        const auto out =
            lane.compute(c_p[c], c_n[c], words_.nmpu[c], residual != nullptr ? residual[c] : 0);
        y[c] = out.y;
        partial[c] = out.partial;
        count(out, words_.partial_out, per_lane[c / cols_per_lane]);
    }
}

void PostProcessor::process_ldpu(const std::int32_t* c_p, const std::int32_t* c_n,
                                 const std::int16_t* residual, std::int32_t* y,
                                 std::int32_t* partial, std::vector<LaneCounters>& per_lane) const
{
    const ldpu::LaneSettings settings = ldpu_settings(config_, words_.activation);
    for (std::size_t c = 0; c < config_.cols; ++c) {
        const auto word =
            residual != nullptr ? std::optional<std::int32_t>(residual[c]) : std::nullopt;
        const auto out = ldpu::process_column(words_.ldpu[c], c_p[c], c_n[c], settings, word);
        y[c] = out.y;
        partial[c] = out.partial;
        count(out, words_.partial_out, per_lane[c % per_lane.size()]);
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
