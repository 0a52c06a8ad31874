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
                     bool keep_partial, bool keep_counts)
    : config_(config),
      layer_(layer),
      part_(part),
      keep_partial_(keep_partial),
      keep_counts_(keep_counts),
      linear_(config, without_activation(part.calibration.words)),
      ideal_(layer.cols.size()),
      y_(config.cols),
      partial_(config.cols)
{
}

void PartMeter::add(const mvm::MvmRecord& record, const std::int8_t* x)
{
    ++part_.mvms;
    add_times(record.times);
    add_errors(record.values, x);
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

void PartMeter::add_errors(const mvm::MvmValues& v, const std::int8_t* x)
{
    calibration::ideal_product(layer_, x, ideal_.data());
    const std::int16_t* words = v.residual.empty() ? nullptr : v.residual.data();
    linear_.process(v.c_p.data(), v.c_n.data(), words, y_.data(), partial_.data(), unused_);
    const double top = largest();
    for (std::size_t i = 0; i < ideal_.size(); ++i) {
        const std::size_t c = layer_.cols.from + i;
        const double residual =
            words == nullptr ? 0.0 : std::ldexp(words[c], -config_.nmpu.residual_fraction);
        const double ref = layer_.target(i, ideal_[i]) / part_.calibration.y_lsb + residual;
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
    const auto& w = words.nmpu[column];
    const auto& f = config_.nmpu;
    const int fraction = f.scale_fraction - words.scale_exponent;
    const double s_p = std::ldexp(w.s_p, -fraction);
    const double s_n = f.branch == config::Branch::polarity     ? std::ldexp(w.s_n, -fraction)
                       : f.branch == config::Branch::difference ? s_p
                                                                : 0.0;
    return s_p * c_p - s_n * c_n + std::ldexp(w.o_p - w.o_n, -f.offset_fraction);
}

}  // namespace aimc::apps
