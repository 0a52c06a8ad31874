// SPDX-License-Identifier: Apache-2.0
#include "part.h"

#include <algorithm>
#include <cmath>

namespace aimc::apps {
namespace {

mvm::PostWords without_activation(mvm::PostWords words)
{
    words.activation = config::Activation::identity;
    return words;
}

}  // namespace

PartMeter::PartMeter(const config::TileConfig& config, const config::Layer& layer, Part& part,
                     bool keep_partial, bool keep_counts,
                     std::shared_ptr<const Matrix<std::int64_t>> ideal)
    : config_(config),
      layer_(layer),
      part_(part),
      keep_partial_(keep_partial),
      keep_counts_(keep_counts),
      linear_(config, without_activation(part.calibration.words)),
      known_(std::move(ideal)),
      is_linear_(part.calibration.words.activation == config::Activation::identity),
      ideal_(layer.cols.size()),
      y_(config.cols),
      partial_(config.cols)
{
    if (config.post == config::PostUnit::nmpu) { fill_maps(); }
}

void PartMeter::add(const mvm::MvmRecord& record, const std::int8_t* x)
{
    ++part_.mvms;
    add_times(record.times);
    add_errors(record, x);
    const auto keep = [&](std::vector<std::int32_t>& to, const std::vector<std::int32_t>& from) {
        to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(layer_.cols.from),
                  from.begin() + static_cast<std::ptrdiff_t>(layer_.cols.to));
    };
    const auto& v = record.values;
    keep(part_.y, v.y);
    if (keep_partial_) { keep(part_.partial, v.partial); }
    if (keep_counts_) {
        keep(part_.counts, v.c_p);
        keep(part_.counts, v.c_n);
    }
}

void PartMeter::add_times(const mvm::MvmTimes& t)
{
    part_.latency.push_back(t.out - t.in);
    part_.read.push_back(t.counts - t.start);
    part_.post.push_back(t.done - t.post);
    part_.out_wait.push_back(t.out - t.done);
    part_.states.add(t);
    part_.cycles = t.out;
    part_.starts.push_back(t.start);
}

void PartMeter::add_errors(const mvm::MvmRecord& record, const std::int8_t* x)
{
    const mvm::MvmValues& v = record.values;
    if (known_ == nullptr) { calibration::ideal_product(layer_, x, ideal_.data()); }
    const std::int64_t* ideal = known_ != nullptr ? known_->row(record.mvm) : ideal_.data();
    const std::int16_t* words = v.residual_words();
    if (is_linear_) {
        y_ = v.y;
        partial_ = v.partial;
    } else {
        linear_.process(v.c_p.data(), v.c_n.data(), words, y_.data(), partial_.data(), unused_);
    }
    const double top = largest();
    for (std::size_t i = 0; i < ideal_.size(); ++i) {
        const std::size_t c = layer_.cols.from + i;
        const double residual =
            words == nullptr ? 0.0 : std::ldexp(words[c], -config_.nmpu.residual_fraction);
        const double ref = layer_.target(i, ideal[i]) / part_.calibration.y_lsb + residual;
        const double unit = exact(c, v.c_p[c], v.c_n[c]) + residual;
        part_.error.add(left(c), std::clamp(ref, -top, top));
        part_.post_error.add(left(c), std::clamp(unit, -top, top));
    }
}

double PartMeter::left(std::size_t column) const
{
    return layer_.output == config::TileOutput::partial
               ? std::ldexp(partial_[column], -config_.nmpu.partial_fraction)
               : y_[column];
}

double PartMeter::largest() const
{
    return layer_.output == config::TileOutput::partial
               ? std::ldexp(static_cast<double>(signed_max(config_.nmpu.partial_bits)),
                            -config_.nmpu.partial_fraction)
               : static_cast<double>(signed_max(config_.nmpu.out_bits));
}

double PartMeter::exact(std::size_t column, std::int32_t c_p, std::int32_t c_n) const
{
    const auto& words = part_.calibration.words;
    if (config_.post == config::PostUnit::ldpu) {
        const auto& w = words.ldpu[column];
        const double t = ldpu::to_double(w.scale_p) * c_p - ldpu::to_double(w.scale_n) * c_n +
                         ldpu::to_double(w.offset);
        return ldpu::to_double(w.gamma) * t + ldpu::to_double(w.beta);
    }
    const Map& map = maps_[column];
    return map.s_p * c_p - map.s_n * c_n + map.o;
}

void PartMeter::fill_maps()
{
    const auto& words = part_.calibration.words;
    const auto& f = config_.nmpu;
    const int fraction = f.scale_fraction - words.scale_exponent;
    for (const auto& w : words.nmpu) {
        Map& map = maps_.emplace_back();
        map.s_p = std::ldexp(w.s_p, -fraction);
        map.s_n = f.branch == config::Branch::polarity     ? std::ldexp(w.s_n, -fraction)
                  : f.branch == config::Branch::difference ? map.s_p
                                                           : 0.0;
        map.o = std::ldexp(w.o_p - w.o_n, -f.offset_fraction);
    }
}

}  // namespace aimc::apps
