// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/repeatability.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace aimc::report {
namespace {

/// Choice: half of the numbers that reads have. No run comes this far.
constexpr std::uint64_t first_repeated_read = std::uint64_t{1} << 39U;
constexpr std::size_t vectors_at_a_time = 16;

/// Reads the same few vectors of one layer as often as it is told to.
class RepeatedReads {
public:
    RepeatedReads(const config::TileConfig& config, const mvm::ReadPath& path,
                  const RepeatedLayer& of, int runs, SimdLevel simd)
        : config_(config),
          path_(path),
          of_(of),
          words_(of.calibration->words),
          post_(config, words_, simd),
          runs_(static_cast<std::size_t>(runs)),
          cols_(of.layer->cols.size())
    {
    }

    /// Vectors [first, first + n). @param read  number of the first read  @return read numbers used
    std::uint64_t add(std::size_t first, std::size_t n, std::uint64_t read,
                      RepeatabilityMeter& meter)
    {
        left_.resize(n * cols_ * runs_);
        values_.resize(n * cols_ * runs_);
        for (std::size_t r = 0; r < runs_; ++r) { play(first, n, read + r * n, r); }
        std::vector<std::int64_t> product(cols_);
        for (std::size_t k = 0; k < n; ++k) {
            calibration::ideal_product(*of_.layer, of_.inputs.row(first + k) + of_.layer->rows.from,
                                       product.data());
            for (std::size_t c = 0; c < cols_; ++c) {
                const std::size_t at = (k * cols_ + c) * runs_;
                meter.add(left_.data() + at, values_.data() + at,
                          of_.layer->target(c, product[c]) / of_.calibration->y_lsb);
            }
        }
        meter.add_vectors(n);
        return n * runs_;
    }

private:
    /// Words that leave, and values before rounding, of run r.
    void play(std::size_t first, std::size_t n, std::uint64_t read, std::size_t r)
    {
        for (auto* out : {&c_p_, &c_n_, &y_, &partial_}) { out->resize(n * config_.cols); }
        path_.read_batch(of_.inputs.row(first), config_.rows, n, {read, false}, scratch_,
                         c_p_.data(), c_n_.data());
        post_.process_batch(c_p_.data(), c_n_.data(),
                            words_.residual_in ? of_.residuals.row(first) : nullptr, n, y_.data(),
                            partial_.data(), unused_);
        const auto& left = words_.partial_out ? partial_ : y_;
        for (std::size_t k = 0; k < n; ++k) {
            for (std::size_t c = 0; c < cols_; ++c) {
                const std::size_t column = of_.layer->cols.from + c;
                const std::size_t from = k * config_.cols + column;
                const std::size_t to = (k * cols_ + c) * runs_ + r;
                left_[to] = left[from];
                values_[to] =
                    calibration::corrected(config_, words_, column, c_p_[from], c_n_[from]);
            }
        }
    }

    const config::TileConfig& config_;
    const mvm::ReadPath& path_;
    const RepeatedLayer& of_;
    const mvm::PostWords& words_;
    mvm::PostProcessor post_;
    std::size_t runs_, cols_;
    mvm::ReadPath::Scratch scratch_;
    std::vector<std::int32_t> c_p_, c_n_, y_, partial_;  ///< [n x tile cols] of one run
    std::vector<mvm::LaneCounters> unused_;
    std::vector<std::int32_t> left_;  ///< [n x layer cols x runs]
    std::vector<double> values_;      ///< the same [LSB]
};

}  // namespace

RepeatabilityMeter::RepeatabilityMeter(int runs) : runs_(runs)
{
    if (runs < 2) { throw std::invalid_argument("one read repeats nothing"); }
}

void RepeatabilityMeter::add(const std::int32_t* words, const double* values, double reference)
{
    // against the first read: equal reads then have no variance at all, however they round
    double sum = 0.0;
    for (int r = 0; r < runs_; ++r) { sum += values[r] - values[0]; }
    const double mean = sum / runs_;
    double squares = 0.0;
    for (int r = 0; r < runs_; ++r) {
        const double off = values[r] - values[0] - mean;
        squares += off * off;
    }
    variance_ += squares / (runs_ - 1);
    const double error = values[0] + mean - reference;
    error2_ += error * error;
    identical_ += std::all_of(words, words + runs_, [&](std::int32_t w) { return w == words[0]; });
    ++outputs_;
}

Repeatability RepeatabilityMeter::result() const
{
    Repeatability out;
    out.runs = runs_;
    out.vectors = vectors_;
    out.outputs = outputs_;
    if (outputs_ == 0) { return out; }
    const auto n = static_cast<double>(outputs_);
    const double thermal2 = variance_ / n;
    out.identical_share = static_cast<double>(identical_) / n;
    out.thermal_rms_lsb = std::sqrt(thermal2);
    // the mean over the reads keeps a part of their noise
    const double static2 = error2_ / n - thermal2 / runs_;
    out.static_rms_lsb = static2 < 0.0 ? 0.0 : std::sqrt(static2);  // what is no number stays so
    return out;
}

std::optional<Repeatability> measure_repeatability(const config::TileConfig& config,
                                                   const mvm::Chip& chip,
                                                   const std::vector<RepeatedLayer>& layers,
                                                   int runs, SimdLevel simd,
                                                   const std::function<bool()>& stop)
{
    const bool has_vector = std::any_of(layers.begin(), layers.end(),
                                        [](const RepeatedLayer& l) { return l.inputs.rows() > 0; });
    if (runs < 2 || !has_vector) { return std::nullopt; }
    const mvm::ReadPath path(config, chip, simd);
    RepeatabilityMeter meter(runs);
    std::uint64_t read = first_repeated_read;
    for (const RepeatedLayer& layer : layers) {
        RepeatedReads reads(config, path, layer, runs, simd);
        const std::size_t n = layer.inputs.rows();
        for (std::size_t first = 0; first < n; first += vectors_at_a_time) {
            if (stop && stop()) { return std::nullopt; }
            read += reads.add(first, std::min(vectors_at_a_time, n - first), read, meter);
        }
    }
    return meter.result();
}

}  // namespace aimc::report
