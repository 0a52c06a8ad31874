// SPDX-License-Identifier: Apache-2.0
#include "aimc/mvm/post.h"

#include "aimc/ldpu/timing.h"

#include <algorithm>
#include <utility>

namespace aimc::mvm {

PostProcessor::PostProcessor(const config::TileConfig& config, PostWords words)
    : config_(config),
      words_(std::move(words)),
      lanes_(config.post == config::PostUnit::nmpu ? config.nmpu.lanes : config.ldpu.lanes)
{
}

void PostProcessor::process(const std::int32_t* c_p, const std::int32_t* c_n,
                            const std::int32_t* residual, std::int32_t* y, std::int32_t* partial,
                            std::vector<LaneCounters>& per_lane) const
{
    const auto lanes = static_cast<std::size_t>(lanes_);
    const std::size_t cols = config_.cols;
    const std::size_t cols_per_lane = (cols + lanes - 1) / lanes;
    per_lane.resize(lanes);
    if (config_.post == config::PostUnit::nmpu) {
        const nmpu::Lane lane(config_.nmpu, words_.scale_exponent, words_.activation);
        for (std::size_t c = 0; c < cols; ++c) {
            const auto out =
                lane.compute(c_p[c], c_n[c], words_.nmpu[c], residual != nullptr ? residual[c] : 0);
            y[c] = out.y;
            partial[c] = out.partial;
            LaneCounters& count = per_lane[c / cols_per_lane];
            count.saturated += out.saturated;
            count.relu_clipped += out.relu_clipped;
            count.partial_saturated += out.partial_saturated;
        }
        return;
    }
    ldpu::LaneSettings settings;
    settings.out_bits = config_.nmpu.out_bits;
    settings.count_fraction = config_.adc.count_fraction;
    settings.relu = words_.activation != config::Activation::identity;
    if (words_.activation == config::Activation::clipped_relu) {
        settings.clip = config_.nmpu.relu_clip;
    }
    for (std::size_t c = 0; c < cols; ++c) {
        const auto out = ldpu::process_column(words_.ldpu[c], c_p[c], c_n[c], settings);
        y[c] = out.y;
        partial[c] = out.y;
        LaneCounters& count = per_lane[c % lanes];
        count.saturated += out.saturated;
        count.relu_clipped += out.relu_clipped;
    }
}

int n_post_cycles(const config::TileConfig& config)
{
    const auto cols = static_cast<int>(config.cols);
    if (config.post == config::PostUnit::nmpu) {
        return nmpu::n_nmpu_cycles(cols, config.nmpu.lanes, config.nmpu.n_fill);
    }
    const auto& l = config.ldpu;
    return static_cast<int>(
        ldpu::n_ldpu_cycles(l.passes, cols, l.lanes, l.n_initiation_interval, l.n_fill));
}

}  // namespace aimc::mvm
