// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "network_job.h"

#include <optional>
#include <string>
#include <vector>

namespace aimc::apps {

/// One row of the layer table.
struct LayerFigures {
    std::string name;
    std::uint64_t mvms = 0;                  ///< tile MVMs per image
    std::uint64_t cycles = 0;                ///< per image
    double utilisation = 0.0;                ///< share of the pipeline's interval [-]
    std::optional<double> rel_l2, rmse_lsb;  ///< MVM error; none: not compared
    double saturated = 0.0;                  ///< outputs that did not fit, of all [-]
    double partial_saturated = 0.0;          ///< partial sums that did not fit, of all outputs [-]
    std::uint64_t watched = 0;               ///< conversions whose currents were looked at
    std::optional<double>
        over_range;  ///< watched conversions above the ceiling [-]; none: nothing watched
    std::optional<double> polarity_flips;  ///< watched ones whose current changed sign [-]
    int scale_exponent = 0;                ///< the largest of its blocks
    std::uint64_t columns_needing_exponent = 0, misfits = 0, rank_deficient = 0;
    double least_ratio = 1.0;  ///< current ratio of its tiles
    double energy_nJ = 0.0;    ///< per image
};
std::vector<LayerFigures> layer_figures(const NetworkJob& job, const NetworkResult& result);

/// Results of one variant at one age, over the chips.
struct VariantResults {
    std::string variant, upkeep;
    double age_s = 0.0;
    std::vector<double> top1;  ///< [chips] [%]
};
std::vector<VariantResults> variants_of(const NetworkJob& job);

}  // namespace aimc::apps
