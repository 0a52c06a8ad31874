// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/calibrate.h"

#include "aimc/base/random.h"
#include "aimc/calibration/affine_fit.h"
#include "aimc/mvm/timing.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace aimc::calibration {
namespace {

using config::TileConfig;
using config::Workload;

Matrix<std::int8_t> first_rows(const Matrix<std::int8_t>& x, std::size_t n)
{
    Matrix<std::int8_t> out(std::min(n, x.rows()), x.cols());
    std::copy(x.data().begin(), x.data().begin() + static_cast<std::ptrdiff_t>(out.data().size()),
              out.data().begin());
    return out;
}

/// Everything that was seen while one layer's vectors played.
struct Played {
    std::vector<ColumnSamples> columns;       ///< [layer cols]
    Matrix<std::int32_t> counts_p, counts_n;  ///< [vectors x tile cols]
    std::uint64_t cycles = 0;
};

Played play(const TileConfig& config, const mvm::AnalogPath& path, const config::Layer& layer,
            const Matrix<std::int8_t>& x, std::uint64_t first_read)
{
    const Matrix<std::int8_t> lines = on_word_lines(x, layer.rows, config.rows);
    Played played;
    played.columns.resize(layer.cols.size());
    for (auto& column : played.columns) { column.count_fraction = config.adc.count_fraction; }
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

/// One output LSB: the percentile of |W x| over vectors and columns maps to the largest code.
double output_lsb(const TileConfig& config, std::vector<std::int64_t> magnitudes)
{
    const auto n = static_cast<double>(magnitudes.size());
    const double rank = std::ceil(config.calibration.percentile / 100.0 * n);
    const auto at = static_cast<std::ptrdiff_t>(std::clamp(rank, 1.0, n)) - 1;
    std::nth_element(magnitudes.begin(), magnitudes.begin() + at, magnitudes.end());
    const auto top =
        static_cast<double>(std::max<std::int64_t>(magnitudes[static_cast<std::size_t>(at)], 1));
    return top / static_cast<double>(signed_max(config.nmpu.out_bits));
}

double output_lsb(const TileConfig& config, const Played& played)
{
    std::vector<std::int64_t> magnitudes;
    for (const auto& column : played.columns) {
        for (const std::int64_t t : column.ideal) { magnitudes.push_back(std::abs(t)); }
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
        const double t = static_cast<double>(s.ideal[k]) / out.y_lsb;
        const double y = corrected(config, out.words, column, s.c_p[k], s.c_n[k]);
        const double raw = common * (s.c_p[k] - s.c_n[k]) / out.y_lsb;
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

LayerCalibration fit_layer(const TileConfig& config, const config::Layer& layer,
                           const Played& played)
{
    LayerCalibration out;
    out.y_lsb = output_lsb(config, played);
    out.vectors = played.counts_p.rows();
    out.cycles = played.cycles;
    out.words.activation = layer.activation;
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
    common /= static_cast<double>(fitted.size());
    out.words.scale_exponent =
        choose_scale_exponent(fitted, out.y_lsb, config.nmpu, out.columns_needing_exponent);
    if (config.nmpu.scale_exponent) { out.words.scale_exponent = *config.nmpu.scale_exponent; }
    for (std::size_t c = 0; c < fitted.size(); ++c) {
        const std::size_t column = layer.cols.from + c;
        const auto& samples = played.columns[c];
        // Words for both units, so that one frozen chip serves either.
        const auto nmpu =
            quantise_nmpu(samples, fitted[c], out.y_lsb, config.nmpu, out.words.scale_exponent);
        const auto ldpu = quantise_ldpu(samples, fitted[c], out.y_lsb);
        const auto& q = config.post == config::PostUnit::nmpu ? nmpu : ldpu;
        out.words.nmpu[column] = nmpu.nmpu;
        out.words.ldpu[column] = ldpu.ldpu;
        out.scales_clipped += q.scale_clipped;
        out.offsets_clipped += q.offset_clipped;
        assess(config, samples, column, common, out);
    }
    return out;
}

}  // namespace

double ideal_output_lsb(const TileConfig& config, const config::Layer& layer,
                        const Matrix<std::int8_t>& x)
{
    const std::size_t cols = layer.cols.size();
    std::vector<std::int64_t> ideal(x.rows() * cols);
    for (std::size_t k = 0; k < x.rows(); ++k) {
        ideal_product(layer, x.row(k), ideal.data() + k * cols);
    }
    for (std::int64_t& t : ideal) { t = std::abs(t); }
    return output_lsb(config, std::move(ideal));
}

Matrix<std::int8_t> ideal_outputs(const config::Layer& layer, const Matrix<std::int8_t>& x,
                                  double y_lsb)
{
    std::vector<std::int64_t> ideal(layer.cols.size());
    Matrix<std::int8_t> out(x.rows(), layer.cols.size());
    for (std::size_t k = 0; k < x.rows(); ++k) {
        ideal_product(layer, x.row(k), ideal.data());
        for (std::size_t c = 0; c < ideal.size(); ++c) {
            double y = std::floor(static_cast<double>(ideal[c]) / y_lsb + 0.5);
            y = std::clamp(y, -127.0, 127.0);
            if (layer.activation != config::Activation::identity) { y = std::max(y, 0.0); }
            out.row(k)[c] = next_code(static_cast<std::int32_t>(y), layer.out_shift);
        }
    }
    return out;
}

std::vector<Matrix<std::int8_t>> ideal_calibration_inputs(const TileConfig& config,
                                                          const Workload& workload)
{
    const bool representative =
        config.calibration.vectors == config::CalibrationVectors::representative;
    Matrix<std::int8_t> x =
        first_rows(workload.calibration_inputs, static_cast<std::size_t>(config.calibration.count));
    std::vector<Matrix<std::int8_t>> all;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        if (!representative) { x = random_vectors(config, layer.rows.size(), l); }
        all.push_back(x);
        if (representative) { x = ideal_outputs(layer, x, ideal_output_lsb(config, layer, x)); }
    }
    return all;
}

void settle_current_ratio(const TileConfig& config, mvm::Chip& chip, const Workload& workload,
                          const std::vector<Matrix<std::int8_t>>& inputs)
{
    if (config.adc.current_ratio || !chip.curves.has_ceiling) { return; }
    chip.current_ratio = 1.0;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto lines = on_word_lines(inputs[l], workload.layers[l].rows, config.rows);
        chip.current_ratio =
            std::min(chip.current_ratio, choose_current_ratio(config, chip, lines));
    }
}

LayerCalibration calibrate_layer(const TileConfig& config, const mvm::AnalogPath& path,
                                 const config::Layer& layer, const Matrix<std::int8_t>& x,
                                 std::uint64_t first_read)
{
    return fit_layer(config, layer, play(config, path, layer, x, first_read));
}

Matrix<std::int8_t> random_vectors(const TileConfig& config, std::size_t rows, std::size_t layer)
{
    Matrix<std::int8_t> x(static_cast<std::size_t>(config.calibration.count), rows);
    Place place;
    place.seed = config.seed.device;
    place.purpose = Purpose::calibration_inputs;
    place.tile = config.index;
    place.lane = static_cast<std::uint16_t>(layer);
    for (std::size_t k = 0; k < x.rows(); ++k) {
        place.read = k;
        for (std::size_t r = 0; r < rows; r += 4) {
            const auto words = philox_block(place, static_cast<std::uint32_t>(r / 4));
            for (std::size_t i = r; i < std::min(r + 4, rows); ++i) {
                x.row(k)[i] = static_cast<std::int8_t>(
                    static_cast<int>((std::uint64_t{words[i - r]} * 255U) >> 32U) - 127);
            }
        }
    }
    return x;
}

double corrected(const TileConfig& config, const mvm::PostWords& words, std::size_t column,
                 std::int32_t c_p, std::int32_t c_n)
{
    if (config.post == config::PostUnit::ldpu) {
        ldpu::LaneSettings settings;
        settings.count_fraction = config.adc.count_fraction;
        return ldpu::to_double(ldpu::process_column(words.ldpu[column], c_p, c_n, settings).t);
    }
    const nmpu::Lane lane(config.nmpu, words.scale_exponent, config::Activation::identity);
    return std::ldexp(static_cast<double>(lane.accumulate(c_p, c_n, words.nmpu[column])),
                      -config.nmpu.kept_fraction());
}

std::vector<LayerCalibration> calibrate(const TileConfig& config, mvm::Chip& chip,
                                        const Workload& workload, SimdLevel simd,
                                        std::uint64_t first_read)
{
    const bool representative =
        config.calibration.vectors == config::CalibrationVectors::representative;
    const auto count = static_cast<std::size_t>(config.calibration.count);
    const auto vectors_for = [&](std::size_t l, const Matrix<std::int8_t>& handed_on) {
        return representative ? handed_on
                              : random_vectors(config, workload.layers[l].rows.size(), l);
    };
    const Matrix<std::int8_t> start = first_rows(workload.calibration_inputs, count);

    if (!config.adc.current_ratio && chip.curves.has_ceiling) {
        settle_current_ratio(config, chip, workload, ideal_calibration_inputs(config, workload));
    }
    const mvm::AnalogPath path(config, chip, simd);
    std::vector<LayerCalibration> all;
    Matrix<std::int8_t> x = start;
    for (std::size_t l = 0; l < workload.layers.size(); ++l) {
        const auto& layer = workload.layers[l];
        x = vectors_for(l, x);
        const Played played = play(config, path, layer, x, first_read);
        first_read += x.rows();
        all.push_back(fit_layer(config, layer, played));
        all.back().probes = first_rows(x, static_cast<std::size_t>(config.ageing.probe_vectors));
        if (l + 1 == workload.layers.size()) { break; }
        const mvm::PostProcessor post(config, all.back().words);
        Matrix<std::int8_t> next(x.rows(), layer.cols.size());
        std::vector<std::int32_t> y(config.cols);
        std::vector<std::int32_t> partial(config.cols);
        std::vector<mvm::LaneCounters> lanes;
        for (std::size_t k = 0; k < x.rows(); ++k) {
            post.process(played.counts_p.row(k), played.counts_n.row(k), nullptr, y.data(),
                         partial.data(), lanes);
            for (std::size_t c = 0; c < layer.cols.size(); ++c) {
                next.row(k)[c] = next_code(y[layer.cols.from + c], layer.out_shift);
            }
        }
        x = std::move(next);
    }
    return all;
}

std::vector<LayerCalibration> fixed_words(const TileConfig& config, const Workload& workload)
{
    const auto& cal = config.calibration;
    std::vector<LayerCalibration> all;
    for (const auto& layer : workload.layers) {
        LayerCalibration out;
        const int e = config.nmpu.scale_exponent.value_or(0);
        out.words.activation = layer.activation;
        out.words.scale_exponent = e;
        nmpu::AffineWords words;
        words.s_p = static_cast<std::int32_t>(
            std::floor(std::ldexp(cal.fixed_scale, config.nmpu.scale_fraction - e) + 0.5));
        words.s_n = config.nmpu.branch == config::Branch::polarity ? words.s_p : 0;
        words.o_p = static_cast<std::int32_t>(
            std::floor(std::ldexp(cal.fixed_offset, config.nmpu.offset_fraction) + 0.5));
        ldpu::AffineWords16 words16;
        words16.scale_p = words16.scale_n = ldpu::from_double(cal.fixed_scale);
        words16.offset = ldpu::from_double(cal.fixed_offset);
        words16.gamma = ldpu::from_int(1);
        out.words.nmpu.assign(config.cols, words);
        out.words.ldpu.assign(config.cols, words16);
        // counts per unit of W x: one weight step for one cycle through the nominal oscillator
        const double step_uA = device::g_max(config.device).si() * 1e6 /
                               full_scale_code(config, layer) * config.crossbar.v_read_mV * 1e-3;
        const double counts = step_uA * config.adc.gain_MHz_per_uA * 1e-3 *
                              static_cast<double>(config.t_clk_ps) * 1e-3 *
                              config.adc.current_ratio.value_or(1.0);
        out.y_lsb = 1.0 / (cal.fixed_scale * counts);
        all.push_back(out);
    }
    return all;
}

}  // namespace aimc::calibration
