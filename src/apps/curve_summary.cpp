// SPDX-License-Identifier: Apache-2.0
#include "curve_summary.h"

#include "aimc/converters/adc_metrics.h"

#include <algorithm>
#include <vector>

namespace aimc::apps {

void summarise_curves(const config::TileConfig& config, const mvm::Chip& chip,
                      report::AdcFacts& facts)
{
    if (!chip.curves.has_ceiling) {  // straight lines that never end: nothing to measure
        facts.gain = {1.0, 1.0, 1.0};
        return;
    }
    const int n_window = config.read.n_window;
    const double nominal =
        config.adc.gain_MHz_per_uA * 1e-3 * n_window * static_cast<double>(config.t_clk_ps) * 1e-3;
    double top = 0.0;
    for (const auto& column : chip.curves.columns) {
        top = std::max({top, column.pos.back().rate * n_window, column.neg.back().rate * n_window});
    }
    constexpr double most_codes = 65536.0;  // beyond it a code-by-code table says nothing
    if (top > most_codes) { return; }
    std::vector<converters::AdcMetrics> metrics;
    const auto measure_one = [&](const std::vector<converters::Knot>& curve, double offset) {
        metrics.push_back(
            converters::measure_curve(converters::counts_over_window(curve, offset, n_window),
                                      nominal, config.adc.sigma_lsb));
    };
    for (const auto& column : chip.curves.columns) {
        measure_one(column.pos, column.offset_pos);
        if (config.read.mode == config::ReadMode::one_phase) {
            measure_one(column.neg, column.offset_neg);
        }
    }
    const auto all = converters::summarise(metrics);
    // a curve file names no nominal gain
    const bool is_file = config.adc.curves == config::CurveSource::file;
    const double unit = is_file && all.best_fit.gain.mean > 0.0 ? all.best_fit.gain.mean : 1.0;
    const auto& fit = all.best_fit;
    const auto plain = [](const converters::MinMeanMax& m) {
        return report::Summary{m.min, m.mean, m.max};
    };
    facts.gain = plain({fit.gain.min / unit, fit.gain.mean / unit, fit.gain.max / unit});
    facts.offset = plain(fit.offset);
    facts.inl = plain(fit.inl);
    facts.dnl = plain(fit.dnl);
    facts.missing_codes = plain(all.missing_codes);
}

}  // namespace aimc::apps
