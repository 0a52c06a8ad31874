// SPDX-License-Identifier: Apache-2.0
// One layer: its vectors played, its words fitted and judged.
#include "layer_fit.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/mvm/timing.h"

#include "vectors.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace aimc::calibration {
namespace {

using config::TileConfig;

constexpr std::size_t vectors_between_looks = 16;

/// What does not depend on the formats of the post unit.
struct Seen {
    double top = 0.0;    ///< |output| of the largest output code [units of W x]
    double top_w = 0.0;  ///< the same of W x alone, before a batch norm
    std::vector<AffineFit> fits;
};

Seen seen_in(const TileConfig& config, const Played& played, bool has_batch_norm)
{
    Seen seen;
    std::vector<double> outputs, products;
    for (const auto& column : played.columns) {
        for (const std::int64_t t : column.ideal) {
            const auto z = static_cast<double>(t);
            outputs.push_back(std::fabs(column.factor * z + column.summand));
            if (has_batch_norm) { products.push_back(std::fabs(z)); }
        }
        seen.fits.push_back(fit_column(column, config.nmpu.branch, config.calibration.method));
    }
    seen.top = top_magnitude(config, std::move(outputs));
    seen.top_w = has_batch_norm ? top_magnitude(config, std::move(products)) : seen.top;
    return seen;
}

/// What playing takes on this tile, whatever its post unit does meanwhile.
std::uint64_t cycles_of(const TileConfig& config, const Played& played)
{
    mvm::Recurrence recurrence(mvm::timing_rules(config), {}, {});
    std::uint64_t cycles = 0;
    for (const int phases : played.phases) {
        cycles = recurrence.next(mvm::n_read_cycles(config, phases)).out;
    }
    return cycles;
}

/// corrected() of all samples of a column.
/// @param sums  what the NMPU adds up without its offset
std::vector<double> corrected_all(const TileConfig& config, const LayerCalibration& layer,
                                  std::size_t column, const ColumnSamples& s,
                                  const std::vector<std::int64_t>& sums)
{
    std::vector<double> y(sums.size());
    if (config.post == config::PostUnit::ldpu) {
        for (std::size_t k = 0; k < y.size(); ++k) {
            y[k] = corrected(config, layer.words, column, s.c_p[k], s.c_n[k]);
        }
        return y;
    }
    const nmpu::Lane lane(config.nmpu, layer.words.scale_exponent, config::Activation::identity);
    const std::int64_t offset = lane.accumulate(0, 0, layer.words.nmpu[column]);
    const double unit = std::ldexp(1.0, -config.nmpu.kept_fraction());
    for (std::size_t k = 0; k < y.size(); ++k) {
        y[k] = static_cast<double>(sums[k] + offset) * unit;
    }
    return y;
}

/// Mean and standard deviation of a column's output against the exact one.
struct Spread {
    double sum = 0.0, sum2 = 0.0;
    void add(double v)
    {
        sum += v;
        sum2 += v * v;
    }
    double mean(double n) const { return sum / n; }
    double sd(double n) const { return std::sqrt(std::max(sum2 / n - mean(n) * mean(n), 0.0)); }
};

void compare_moments(const ColumnSamples& s, const std::vector<double>& corrected,
                     LayerCalibration& out)
{
    Spread exact, before, after;
    for (std::size_t k = 0; k < s.ideal.size(); ++k) {
        const double net = s.nominal * (s.c_p[k] - s.c_n[k]);
        exact.add((s.factor * static_cast<double>(s.ideal[k]) + s.summand) / out.y_lsb);
        before.add((s.factor * net + s.summand) / out.y_lsb);
        after.add(corrected[k]);
    }
    const auto n = static_cast<double>(s.ideal.size());
    const double sd = exact.sd(n);
    out.rho_before.push_back(sd > 0.0 ? before.sd(n) / sd : 1.0);
    out.rho_after.push_back(sd > 0.0 ? after.sd(n) / sd : 1.0);
    out.mean_before_lsb.push_back(before.mean(n) - exact.mean(n));
    out.mean_after_lsb.push_back(after.mean(n) - exact.mean(n));
}

/// Residuals, gain and offset of a column after correction; residual before with a common scale.
/// @param corrected  [vectors] output of the column [LSB]
void assess(const ColumnSamples& s, const std::vector<double>& corrected, double common,
            LayerCalibration& out)
{
    double before2 = 0, after2 = 0, sum_t = 0, sum_y = 0, sum_tt = 0, sum_ty = 0;
    const auto n = static_cast<double>(s.ideal.size());
    for (std::size_t k = 0; k < s.ideal.size(); ++k) {
        const double t = (s.factor * static_cast<double>(s.ideal[k]) + s.summand) / out.y_lsb;
        const double y = corrected[k];
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

Played play(const TileConfig& config, const mvm::ReadPath& path, const config::Layer& layer,
            const Matrix<std::int8_t>& x, std::uint64_t first_read,
            const std::vector<double>& nominal, const Stop& stop)
{
    const Matrix<std::int8_t> lines = on_word_lines(x, layer.rows, config.rows);
    Played played;
    played.columns.resize(layer.cols.size());
    const auto& norm = layer.batch_norm;
    for (std::size_t c = 0; c < played.columns.size(); ++c) {
        played.columns[c].count_fraction = config.adc.count_fraction;
        played.columns[c].nominal = std::ldexp(nominal[c], -config.adc.count_fraction);
        played.columns[c].trusts_design = config.kind != config::TileKind::analog;
        if (norm.empty()) { continue; }
        played.columns[c].factor = norm.factor[c];
        played.columns[c].summand = norm.summand[c];
    }
    played.counts_p = played.counts_n = Matrix<std::int32_t>(x.rows(), config.cols);
    played.phases.resize(x.rows());
    mvm::ReadPath::Scratch scratch;
    for (std::size_t k = 0; k < x.rows(); k += vectors_between_looks) {
        if (stop && stop()) { throw Interrupted("during the calibration"); }
        path.read_batch(lines.row(k), lines.cols(), std::min(vectors_between_looks, x.rows() - k),
                        {first_read + k, true}, scratch, played.counts_p.row(k),
                        played.counts_n.row(k), played.phases.data() + k);
    }
    std::vector<std::int64_t> ideal(layer.cols.size());
    for (std::size_t k = 0; k < x.rows(); ++k) {
        ideal_product(layer, x.row(k), ideal.data());
        for (std::size_t c = 0; c < ideal.size(); ++c) {
            played.columns[c].c_p.push_back(played.counts_p.row(k)[layer.cols.from + c]);
            played.columns[c].c_n.push_back(played.counts_n.row(k)[layer.cols.from + c]);
            played.columns[c].ideal.push_back(ideal[c]);
        }
    }
    return played;
}

std::string digest_of(const config::BatchNorm& norm)
{
    if (norm.empty()) { return ""; }
    std::string bytes = std::to_string(norm.n_swapped);
    for (const auto* values : {&norm.factor, &norm.summand}) {
        for (const double v : *values) { bytes += ' ' + mvm::key_of(v); }
    }
    return sha256_hex(bytes);
}

void count_misfits(LayerCalibration& layer)
{
    std::set<std::size_t> scales;
    std::set<std::size_t> offsets;
    for (const Misfit& m : layer.misfits) { (m.is_scale() ? scales : offsets).insert(m.column); }
    layer.scales_clipped = scales.size();
    layer.offsets_clipped = offsets.size();
}

std::string key_of_play(const mvm::Chip& chip, const config::Layer& layer,
                        const Matrix<std::int8_t>& x, std::uint64_t first_read)
{
    const auto text = [](const config::Range& range) {
        return std::to_string(range.from) + ':' + std::to_string(range.to) + ' ';
    };
    return "play " + text(layer.rows) + text(layer.cols) + mvm::key_of(chip) + ' ' +
           mvm::key_of(crossbar::ReadId{first_read, true}) + ' ' + mvm::key_of(x);
}

std::size_t bytes_of_play(const Played& played)
{
    std::size_t bytes = mvm::bytes_of(played.counts_p) + mvm::bytes_of(played.counts_n);
    for (const auto& c : played.columns) {
        bytes += mvm::bytes_of(c.c_p) + mvm::bytes_of(c.c_n) + mvm::bytes_of(c.ideal);
    }
    return bytes;
}

LayerCalibration fit_layer(const TileConfig& config, const config::Layer& layer,
                           const Played& played, const mvm::ReadMemory* memory,
                           const std::string& key)
{
    LayerCalibration out;
    const auto seen = mvm::recall<Seen>(
        memory, key, [&] { return seen_in(config, played, !layer.batch_norm.empty()); },
        [](const Seen& s) { return mvm::bytes_of(s.fits); });
    out.y_lsb = output_lsb(config, seen->top);
    const double w_lsb = output_lsb(config, seen->top_w);
    out.vectors = played.counts_p.rows();
    out.cycles = cycles_of(config, played);
    out.fitted_for = config.post;
    out.batch_norm = digest_of(layer.batch_norm);
    out.words = mvm::words_for(layer);
    out.words.nmpu.resize(config.cols);
    out.words.ldpu.resize(config.cols);
    out.fits = seen->fits;
    const std::vector<AffineFit>& fitted = out.fits;
    double common = 0.0;
    for (const AffineFit& f : fitted) {
        out.rank_deficient += f.rank_deficient;
        if (f.rank_deficient) { continue; }
        common += f.has_n ? 0.5 * (f.s_p + f.s_n) : f.s_p;
    }
    const auto usable = static_cast<double>(fitted.size() - out.rank_deficient);
    if (usable > 0.0) { common /= usable; }
    out.words.scale_exponent =
        choose_scale_exponent(fitted, out.y_lsb, config.nmpu, out.columns_needing_exponent);
    if (config.nmpu.scale_exponent) { out.words.scale_exponent = *config.nmpu.scale_exponent; }
    const auto halves = mvm::recall<std::vector<QuantisedColumn>>(
        memory, key + " in LSB of " + mvm::key_of(out.y_lsb),
        [&] {
            std::vector<QuantisedColumn> all;
            for (std::size_t c = 0; c < fitted.size(); ++c) {
                all.push_back(quantise_ldpu(played.columns[c], fitted[c], out.y_lsb, w_lsb));
            }
            return all;
        },
        [](const auto& all) { return mvm::bytes_of(all); });
    std::vector<std::int64_t> sums;
    for (std::size_t c = 0; c < fitted.size(); ++c) {
        const std::size_t column = layer.cols.from + c;
        const auto& samples = played.columns[c];
        // Words for both units, so that one frozen chip serves either.
        const auto nmpu = quantise_nmpu(samples, fitted[c], out.y_lsb, config.nmpu,
                                        out.words.scale_exponent, &sums);
        const auto& ldpu = (*halves)[c];
        const auto& q = config.post == config::PostUnit::nmpu ? nmpu : ldpu;
        out.words.nmpu[column] = nmpu.nmpu;
        out.words.ldpu[column] = ldpu.ldpu;
        for (Misfit misfit : q.misfits) {
            misfit.column = c;
            out.misfits.push_back(misfit);
        }
        const auto y = corrected_all(config, out, column, samples, sums);
        assess(samples, y, common, out);
        compare_moments(samples, y, out);
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

LayerCalibration calibrate_layer(const TileConfig& config, const mvm::ReadPath& path,
                                 const config::Layer& layer, const Matrix<std::int8_t>& x,
                                 std::uint64_t first_read)
{
    const double ratio = config.adc.current_ratio.value_or(1.0);
    return fit_layer(
        config, layer,
        play(config, path, layer, x, first_read, nominal_counts(config, ratio, layer, false)));
}

}  // namespace aimc::calibration
