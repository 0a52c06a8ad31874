// SPDX-License-Identifier: Apache-2.0
#include "fit_words.h"

#include "aimc/base/exact_math.h"

#include <algorithm>
#include <cmath>

namespace aimc::network {
namespace {

using calibration::AffineFit;
using calibration::Misfit;
using calibration::ScaledColumn;

constexpr double output_lsb = 1.0;  ///< targets are in output LSB already

class Fitter {
public:
    Fitter(const config::TileConfig& config, const Step& step, const LayerPlan& plan,
           const std::vector<ColumnTarget>& targets, const BlockSamples& samples)
        : config_(config), step_(step), plan_(plan), targets_(targets), samples_(samples)
    {
    }

    LayerWords fit()
    {
        for (const auto& block : samples_) {
            auto& fits = fits_.emplace_back();
            for (const auto& column : block) {
                fits.push_back(calibration::fit_column(
                    column, config_.nmpu.branch,
                    calibration::before_batch_norm(config_.calibration.method)));
                out_.rank_deficient += fits.back().rank_deficient;
            }
        }
        if (calibration::has_batch_norm(config_.calibration.method)) { match_chains(); }
        std::vector<AffineFit> all;
        for (const auto& fits : fits_) { all.insert(all.end(), fits.begin(), fits.end()); }
        const int chosen = calibration::choose_scale_exponent(all, output_lsb, config_.nmpu,
                                                              out_.columns_needing_exponent);
        const int e = config_.nmpu.scale_exponent.value_or(chosen);
        for (std::size_t b = 0; b < plan_.blocks.size(); ++b) {
            mvm::PostWords words = port_words(step_, b % plan_.links, plan_.links);
            words.scale_exponent = e;
            words.nmpu.resize(samples_[b].size());
            words.ldpu.resize(samples_[b].size());
            out_.blocks.push_back(std::move(words));
        }
        for (std::size_t first = 0; first < plan_.blocks.size(); first += plan_.links) {
            for (std::size_t c = 0; c < samples_[first].size(); ++c) {
                if (config_.post == config::PostUnit::nmpu) {
                    fit_nmpu(first, c, e);
                } else {
                    fit_ldpu(first, c);
                }
            }
        }
        return std::move(out_);
    }

private:
    /// A batch norm sees the sum of a chain, not the tiles in it.
    void match_chains()
    {
        for (std::size_t first = 0; first < plan_.blocks.size(); first += plan_.links) {
            for (std::size_t c = 0; c < samples_[first].size(); ++c) {
                std::vector<const calibration::ColumnSamples*> samples;
                std::vector<AffineFit*> fits;
                for (std::size_t b = first; b < first + plan_.links; ++b) {
                    samples.push_back(&samples_[b][c]);
                    fits.push_back(&fits_[b][c]);
                }
                calibration::match_moments(samples, fits, config_.nmpu.branch);
            }
        }
    }
    std::size_t column_of(std::size_t block, std::size_t c) const
    {
        return plan_.blocks[block].cols.from + c;
    }
    void note(std::size_t block, std::size_t c, Misfit misfit)
    {
        misfit.column = column_of(block, c);
        out_.misfits.push_back(std::move(misfit));
    }

    void fit_nmpu(std::size_t first, std::size_t c, int e)
    {
        double offset = targets_[column_of(first, c)].constant;
        for (std::size_t b = first; b < first + plan_.links; ++b) {
            ScaledColumn scaled = calibration::quantise_scales(samples_[b][c], fits_[b][c],
                                                               output_lsb, config_.nmpu, e);
            out_.blocks[b].nmpu[c] = scaled.words;
            offset += scaled.offset;
            for (const Misfit& m : scaled.misfits) { note(b, c, m); }
        }
        spread(first, c, offset);
    }

    void spread(std::size_t first, std::size_t c, double offset)
    {
        const calibration::OffsetReach reach = calibration::offset_reach(config_.nmpu);
        const double wanted = round_half_even(std::ldexp(offset, config_.nmpu.offset_fraction));
        const double share = round_half_even(wanted / static_cast<double>(plan_.links));
        double left = wanted;
        for (std::size_t b = first; b < first + plan_.links; ++b) {
            const bool last = b + 1 == first + plan_.links;
            const double word = std::clamp(last ? left : share, reach.low, reach.high);
            calibration::set_offset(out_.blocks[b].nmpu[c], static_cast<std::int32_t>(word),
                                    config_.nmpu);
            left -= word;
        }
        if (left != 0.0) {
            const int fraction = -config_.nmpu.offset_fraction;
            note(first, c,
                 {0, "o", std::ldexp(wanted, fraction), std::ldexp(wanted - left, fraction)});
        }
    }

    void fit_ldpu(std::size_t first, std::size_t c)
    {
        for (std::size_t b = first; b < first + plan_.links; ++b) {
            calibration::ColumnSamples column = samples_[b][c];
            const bool last = b + 1 == first + plan_.links;
            column.summand = last ? targets_[column_of(b, c)].constant : 0.0;
            // scales in output LSB per count: gamma is 1
            const double w_lsb = column.factor > 0.0 ? 1.0 / column.factor : 1.0;
            const auto q = calibration::quantise_ldpu(column, fits_[b][c], output_lsb, w_lsb);
            out_.blocks[b].ldpu[c] = q.ldpu;
            for (const Misfit& m : q.misfits) { note(b, c, m); }
        }
    }

    const config::TileConfig& config_;
    const Step& step_;
    const LayerPlan& plan_;
    const std::vector<ColumnTarget>& targets_;
    const BlockSamples& samples_;
    std::vector<std::vector<AffineFit>> fits_;
    LayerWords out_;
};

}  // namespace

LayerWords fit_words(const config::TileConfig& config, const Step& step, const LayerPlan& plan,
                     const std::vector<ColumnTarget>& targets, const BlockSamples& samples)
{
    return Fitter(config, step, plan, targets, samples).fit();
}

}  // namespace aimc::network
