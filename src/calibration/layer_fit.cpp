// SPDX-License-Identifier: Apache-2.0
// One layer: its vectors played, its words fitted and judged.
#include "layer_fit.h"

#include "aimc/mvm/timing.h"

#include "vectors.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace aimc::calibration {
namespace {

using config::TileConfig;

/// One LSB of the output, or with a batch norm also of W x alone.
double lsb_of(const TileConfig& config, const Played& played, bool with_batch_norm)
{
    std::vector<double> magnitudes;
    for (const auto& column : played.columns) {
        for (const std::int64_t t : column.ideal) {
            const auto z = static_cast<double>(t);
            magnitudes.push_back(
                std::fabs(with_batch_norm ? column.factor * z + column.summand : z));
        }
    }
    return output_lsb(config, std::move(magnitudes));
}

/// Residuals, gain and offset of a column after correction; residual before with a common scale.
void assess(const TileConfig& config, const ColumnSamples& s, std::size_t column, double common,
            LayerCalibration& out)
{
    double before2 = 0, after2 = 0, sum_t = 0, sum_y = 0, sum_tt = 0, sum_ty = 0;
    const auto n = static_cast<double>(s.ideal.size());
    for (std::size_t k = 0; k < s.ideal.size(); ++k) {
        const double t = (s.factor * static_cast<double>(s.ideal[k]) + s.summand) / out.y_lsb;
        const double y = corrected(config, out.words, column, s.c_p[k], s.c_n[k]);
        const double raw = (s.factor * common * (s.c_p[k] - s.c_n[k]) + s.summand) / out.y_lsb;
        before2 += (raw - t) * (raw - t);
        after2 += (y - t) * (y - t);
        sum_t += t;
        sum_y += y;
        sum_tt += t * t;
        sum_ty += t * y;
    }
    out.before_lsb.push_back(std::sqrt(before2 / n));
    out.after_lsb.push_back(std::sqrt(after2 / n));
    const double spread = n * sum_tt - sum_t * sum_t;
    const double gain = spread > 0 ? (n * sum_ty - sum_t * sum_y) / spread : 0.0;
    out.gain_after.push_back(gain);
    out.offset_after.push_back((sum_y - gain * sum_t) / n);
}

}  // namespace

Played play(const TileConfig& config, const mvm::AnalogPath& path, const config::Layer& layer,
            const Matrix<std::int8_t>& x, std::uint64_t first_read)
{
    const Matrix<std::int8_t> lines = on_word_lines(x, layer.rows, config.rows);
    Played played;
    played.columns.resize(layer.cols.size());
    const auto& norm = layer.batch_norm;
    for (std::size_t c = 0; c < played.columns.size(); ++c) {
        played.columns[c].count_fraction = config.adc.count_fraction;
        if (norm.factor.empty()) { continue; }
        played.columns[c].factor = norm.factor[c];
        played.columns[c].summand = norm.summand[c];
    }
    played.counts_p = played.counts_n = Matrix<std::int32_t>(x.rows(), config.cols);
    mvm::AnalogPath::Scratch scratch;
    std::vector<std::int64_t> ideal(layer.cols.size());
    mvm::Recurrence recurrence(mvm::timing_rules(config), {}, {});
    for (std::size_t k = 0; k < x.rows(); ++k) {
        std::int32_t* c_p = played.counts_p.row(k);
        std::int32_t* c_n = played.counts_n.row(k);
        path.read(lines.row(k), {first_read + k, true}, scratch, c_p, c_n);
        ideal_product(layer, x.row(k), ideal.data());
        for (std::size_t c = 0; c < ideal.size(); ++c) {
            played.columns[c].c_p.push_back(c_p[layer.cols.from + c]);
            played.columns[c].c_n.push_back(c_n[layer.cols.from + c]);
            played.columns[c].ideal.push_back(ideal[c]);
        }
        const auto phases = crossbar::phases_of(config.read, lines.row(k), config.rows);
        played.cycles =
            recurrence.next(mvm::n_read_cycles(config.read, static_cast<int>(phases.size()))).out;
    }
    return played;
}

void count_misfits(LayerCalibration& layer)
{
    std::set<std::size_t> scales;
    std::set<std::size_t> offsets;
    for (const Misfit& m : layer.misfits) {
        (m.word[0] == 's' ? scales : offsets).insert(m.column);
    }
    layer.scales_clipped = scales.size();
    layer.offsets_clipped = offsets.size();
}

LayerCalibration fit_layer(const TileConfig& config, const config::Layer& layer,
                           const Played& played)
{
    LayerCalibration out;
    out.y_lsb = lsb_of(config, played, true);
    const double w_lsb =
        layer.batch_norm.factor.empty() ? out.y_lsb : lsb_of(config, played, false);
    out.vectors = played.counts_p.rows();
    out.cycles = played.cycles;
    out.words.activation = layer.activation;
    out.words.partial_out = layer.output == config::TileOutput::partial;
    out.words.residual_in = !layer.residuals.empty();
    out.words.nmpu.resize(config.cols);
    out.words.ldpu.resize(config.cols);
    std::vector<AffineFit>& fitted = out.fits;
    double common = 0.0;
    for (const auto& column : played.columns) {
        fitted.push_back(fit_column(column, config.nmpu.branch));
        const auto& f = fitted.back();
        common += f.has_n ? 0.5 * (f.s_p + f.s_n) : f.s_p;
        out.rank_deficient += f.rank_deficient;
    }
    const auto usable = static_cast<double>(fitted.size() - out.rank_deficient);
    if (usable > 0.0) { common /= usable; }
    out.words.scale_exponent =
        choose_scale_exponent(fitted, out.y_lsb, config.nmpu, out.columns_needing_exponent);
    if (config.nmpu.scale_exponent) { out.words.scale_exponent = *config.nmpu.scale_exponent; }
    for (std::size_t c = 0; c < fitted.size(); ++c) {
        const std::size_t column = layer.cols.from + c;
        const auto& samples = played.columns[c];
        // Words for both units, so that one frozen chip serves either.
        const auto nmpu =
            quantise_nmpu(samples, fitted[c], out.y_lsb, config.nmpu, out.words.scale_exponent);
        const auto ldpu = quantise_ldpu(samples, fitted[c], out.y_lsb, w_lsb);
        const auto& q = config.post == config::PostUnit::nmpu ? nmpu : ldpu;
        out.words.nmpu[column] = nmpu.nmpu;
        out.words.ldpu[column] = ldpu.ldpu;
        for (Misfit misfit : q.misfits) {
            misfit.column = c;
            out.misfits.push_back(misfit);
        }
        assess(config, samples, column, common, out);
    }
    count_misfits(out);
    return out;
}

double corrected(const TileConfig& config, const mvm::PostWords& words, std::size_t column,
                 std::int32_t c_p, std::int32_t c_n)
{
    if (config.post == config::PostUnit::ldpu) {
        const auto settings = mvm::ldpu_settings(config, config::Activation::identity);
        return ldpu::to_double(ldpu::process_column(words.ldpu[column], c_p, c_n, settings).t);
    }
    const nmpu::Lane lane(config.nmpu, words.scale_exponent, config::Activation::identity);
    return std::ldexp(static_cast<double>(lane.accumulate(c_p, c_n, words.nmpu[column])),
                      -config.nmpu.kept_fraction());
}

LayerCalibration calibrate_layer(const TileConfig& config, const mvm::AnalogPath& path,
                                 const config::Layer& layer, const Matrix<std::int8_t>& x,
                                 std::uint64_t first_read)
{
    return fit_layer(config, layer, play(config, path, layer, x, first_read));
}

}  // namespace aimc::calibration
