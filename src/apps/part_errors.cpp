// SPDX-License-Identifier: Apache-2.0
#include "part_errors.h"

#include "aimc/crossbar/pwm_dac.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

namespace aimc::apps {
namespace {

constexpr std::size_t vectors_per_task = 16;

mvm::PostWords without_activation(mvm::PostWords words)
{
    words.activation = config::Activation::identity;
    return words;
}

/// One vector on its way to its squares. All [cols].
struct Line {
    std::size_t cols;
    const double* product;          ///< W x
    const double* residual;         ///< [LSB]
    const std::int32_t *c_p, *c_n;  ///< counts
    const std::int32_t* left;       ///< what left the unit before the activation
    const double *factor, *summand;
    const double *s_p, *s_n, *o, *gamma, *beta;
    double y_lsb, top, left_unit;
    double *error2, *ref2, *post_error2, *post_ref2;
    double *largest, *post_largest;  ///< of all vectors so far
};

AIMC_ALWAYS_INLINE double cut(double value, double top)
{
    const double low = value < -top ? -top : value;
    return low > top ? top : low;
}

AIMC_ALWAYS_INLINE void squares_body(const Line& l)
{
    AIMC_INDEPENDENT_TURNS
    for (std::size_t c = 0; c < l.cols; ++c) {
        const double target = l.factor[c] * l.product[c] + l.summand[c];
        const double ref = cut(target / l.y_lsb + l.residual[c], l.top);
        const double linear = l.s_p[c] * l.c_p[c] - l.s_n[c] * l.c_n[c] + l.o[c];
        const double unit = cut(l.gamma[c] * linear + l.beta[c] + l.residual[c], l.top);
        const double left = l.left[c] * l.left_unit;
        const double error = left - ref;
        const double post = left - unit;
        l.error2[c] = error * error;
        l.ref2[c] = ref * ref;
        l.post_error2[c] = post * post;
        l.post_ref2[c] = unit * unit;
        const double size = std::fabs(error);
        const double post_size = std::fabs(post);
        l.largest[c] = size > l.largest[c] ? size : l.largest[c];
        l.post_largest[c] = post_size > l.post_largest[c] ? post_size : l.post_largest[c];
    }
}

AIMC_SIMD_CLONES(squares_of, squares_body, (const Line& l), (l))

}  // namespace

struct PartErrors::Scratch {
    std::vector<std::int16_t> factors;     ///< [vectors x pairs x 2]
    AlignedVector<std::uint32_t> sums;     ///< [vectors x padded cols]
    std::vector<double> products;          ///< [vectors x padded cols]
    std::vector<double> residual;          ///< [cols] [LSB]
    std::vector<std::int32_t> y, partial;  ///< [tile cols] without activation
    const std::int32_t* left = nullptr;    ///< [layer cols]
    std::vector<mvm::LaneCounters> unused;
};

PartErrors::PartErrors(const config::TileConfig& config, const config::Layer& layer,
                       const calibration::LayerCalibration& calibration, SimdLevel simd,
                       int threads)
    : config_(config),
      layer_(layer),
      cols_(layer.cols.size()),
      simd_(simd),
      threads_(static_cast<std::size_t>(threads)),
      linear_(config, without_activation(calibration.words), simd),
      is_linear_(calibration.words.activation == config::Activation::identity),
      y_lsb_(calibration.y_lsb)
{
    const bool is_partial = layer.output == config::TileOutput::partial;
    left_unit_ = is_partial ? std::ldexp(1.0, -config.nmpu.partial_fraction) : 1.0;
    top_ = left_unit_ * static_cast<double>(signed_max(is_partial ? config.nmpu.partial_bits
                                                                  : config.nmpu.out_bits));
    factor_.assign(cols_, 1.0);
    summand_.assign(cols_, 0.0);
    if (!layer.batch_norm.empty()) {
        factor_ = layer.batch_norm.factor;
        summand_ = layer.batch_norm.summand;
    }
    weights_ = make_pair_plane(
        layer_.weights.rows(), cols_,
        [&](std::size_t r, std::size_t c) { return layer_.weights.row(r)[c]; }, crossbar::code_max,
        true);
    fill_maps(calibration.words);
}

void PartErrors::fill_maps(const mvm::PostWords& words)
{
    const auto& f = config_.nmpu;
    const int fraction = f.scale_fraction - words.scale_exponent;
    for (std::size_t c = layer_.cols.from; c < layer_.cols.to; ++c) {
        if (config_.post == config::PostUnit::ldpu) {
            const auto& w = words.ldpu[c];
            s_p_.push_back(ldpu::to_double(w.scale_p));
            s_n_.push_back(ldpu::to_double(w.scale_n));
            o_.push_back(ldpu::to_double(w.offset));
            gamma_.push_back(ldpu::to_double(w.gamma));
            beta_.push_back(ldpu::to_double(w.beta));
            continue;
        }
        const auto& w = words.nmpu[c];
        s_p_.push_back(std::ldexp(w.s_p, -fraction));
        s_n_.push_back(f.branch == config::Branch::polarity     ? std::ldexp(w.s_n, -fraction)
                       : f.branch == config::Branch::difference ? s_p_.back()
                                                                : 0.0);
        o_.push_back(std::ldexp(w.o_p - w.o_n, -f.offset_fraction));
        gamma_.push_back(1.0);
        beta_.push_back(0.0);
    }
}

/// W x of up to vectors_per_task vectors, exact.
void PartErrors::multiply(const mvm::MvmRecord* records, std::size_t n, Scratch& s) const
{
    const std::size_t rows = layer_.weights.rows();
    const std::size_t row = 2 * weights_.pairs;
    s.factors.assign(n * row, 0);
    s.products.resize(n * weights_.stride());
    for (std::size_t k = 0; k < n; ++k) {
        const std::int8_t* x = records[k].values.x.data() + layer_.rows.from;
        std::copy(x, x + rows, s.factors.data() + k * row);
    }
    weights_.multiply(s.factors.data(), n, simd_, false, s.sums, s.products.data());
}

void PartErrors::set_residual(const mvm::MvmValues& values, Scratch& s) const
{
    s.residual.assign(cols_, 0.0);
    const std::int16_t* words = values.residual_words();
    if (words == nullptr) { return; }
    const double unit = std::ldexp(1.0, -config_.nmpu.residual_fraction);
    for (std::size_t c = 0; c < cols_; ++c) { s.residual[c] = unit * words[layer_.cols.from + c]; }
}

void PartErrors::set_left(const mvm::MvmRecord& record, Scratch& s) const
{
    const mvm::MvmValues& v = record.values;
    const bool is_partial = layer_.output == config::TileOutput::partial;
    if (is_linear_) {
        s.left = (is_partial ? v.partial : v.y).data() + layer_.cols.from;
        return;
    }
    for (auto* out : {&s.y, &s.partial}) { out->resize(config_.cols); }
    linear_.process(v.c_p.data(), v.c_n.data(), v.residual_words(), s.y.data(), s.partial.data(),
                    s.unused);
    s.left = (is_partial ? s.partial : s.y).data() + layer_.cols.from;
}

/// Squares of up to vectors_per_task vectors.
/// @param at  which of the group the first one is
void PartErrors::measure(const mvm::MvmRecord* records, std::size_t n,
                         const Matrix<std::int64_t>* known, std::size_t at,
                         std::vector<double>& largest)
{
    thread_local Scratch s;
    const std::size_t padded = weights_.stride();
    if (known == nullptr) {
        multiply(records, n, s);
    } else {
        s.products.resize(vectors_per_task * padded);
    }
    for (std::size_t k = 0; k < n; ++k) {
        const mvm::MvmRecord& record = records[k];
        double* const product = s.products.data() + k * padded;
        if (known != nullptr) { std::copy_n(known->row(record.mvm), cols_, product); }
        set_residual(record.values, s);
        set_left(record, s);
        double* const out = squares_.data() + (at + k) * 4 * cols_;
        squares_of(simd_)({cols_,
                           product,
                           s.residual.data(),
                           record.values.c_p.data() + layer_.cols.from,
                           record.values.c_n.data() + layer_.cols.from,
                           s.left,
                           factor_.data(),
                           summand_.data(),
                           s_p_.data(),
                           s_n_.data(),
                           o_.data(),
                           gamma_.data(),
                           beta_.data(),
                           y_lsb_,
                           top_,
                           left_unit_,
                           out,
                           out + cols_,
                           out + 2 * cols_,
                           out + 3 * cols_,
                           largest.data(),
                           largest.data() + cols_});
    }
}

void PartErrors::add(const mvm::MvmRecord* records, std::size_t n,
                     const Matrix<std::int64_t>* known, report::ErrorMeter& error,
                     report::ErrorMeter& post)
{
    const std::size_t group = threads_ * vectors_per_task;
    squares_.resize(group * 4 * cols_);
    largest_.resize(threads_);
    for (auto& of_task : largest_) { of_task.assign(2 * cols_, 0.0); }
    for (std::size_t from = 0; from < n; from += group) {
        const std::size_t in_group = std::min(group, n - from);
        const std::size_t tasks = (in_group + vectors_per_task - 1) / vectors_per_task;
        const auto task = [&](std::size_t t) {
            const std::size_t at = t * vectors_per_task;
            measure(records + from + at, std::min(vectors_per_task, in_group - at), known, at,
                    largest_[t]);
        };
        if (tasks == 1) {
            task(0);
        } else {
            oneapi::tbb::parallel_for(std::size_t{0}, tasks, task);
        }
        for (std::size_t k = 0; k < in_group; ++k) {
            const double* of = squares_.data() + k * 4 * cols_;
            report::add_squares(error, {of, of + cols_}, post, {of + 2 * cols_, of + 3 * cols_},
                                cols_);
        }
    }
    for (const auto& of_task : largest_) {
        const auto middle = of_task.begin() + static_cast<std::ptrdiff_t>(cols_);
        error.widen(*std::max_element(of_task.begin(), middle));
        post.widen(*std::max_element(middle, of_task.end()));
    }
}

}  // namespace aimc::apps
