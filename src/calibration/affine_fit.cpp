// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/affine_fit.h"

#include "aimc/base/exact_math.h"

#include <algorithm>
#include <cmath>

namespace aimc::calibration {
namespace {

__extension__ typedef __int128 Wide;  // n * sum of squares of 30-bit counts needs 92 bits

constexpr double collinear = 1e-12;  // Choice: 1 - correlation^2 below this counts as one regressor

constexpr double largest_half = 65504.0;

/// Takes values to the words of one column and notes what does not fit.
class Words {
public:
    explicit Words(std::vector<Misfit>& misfits) : misfits_(misfits) {}

    /// The word nearest to value * 2^fraction.
    std::int32_t fixed(const char* name, double value, int fraction, double low, double high)
    {
        const double rounded = round_half_even(std::ldexp(value, fraction));
        const double word = std::clamp(rounded, low, high);
        if (rounded < low || rounded > high) { note(name, value, std::ldexp(word, -fraction)); }
        return static_cast<std::int32_t>(word);
    }
    /// The nearest binary16 that is finite.
    ldpu::Binary16 half(const char* name, double value)
    {
        const double inside = std::clamp(value, -largest_half, largest_half);
        if (!(std::fabs(value) <= largest_half)) { note(name, value, inside); }
        return ldpu::from_double(inside);
    }
    void note(const char* name, double wanted, double given)
    {
        misfits_.push_back({0, name, wanted, given});
    }

private:
    std::vector<Misfit>& misfits_;
};

/// n * sum(a b) - sum(a) sum(b), exact.
template <class A, class B>
double centred(const std::vector<A>& a, const std::vector<B>& b)
{
    Wide product = 0;
    Wide sum_a = 0;
    Wide sum_b = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        product += static_cast<Wide>(a[i]) * b[i];
        sum_a += a[i];
        sum_b += b[i];
    }
    return static_cast<double>(static_cast<Wide>(a.size()) * product - sum_a * sum_b);
}

template <class T>
double mean(const std::vector<T>& v)
{
    Wide sum = 0;
    for (const T x : v) { sum += x; }
    return static_cast<double>(sum) / static_cast<double>(v.size());
}

double scale_limit(const config::NmpuConfig& format)
{
    return std::ldexp(1.0, format.scale_bits) - 1.0;
}

bool fits(double s, const config::NmpuConfig& format, int e)
{
    const double word = round_half_even(std::ldexp(s, format.scale_fraction - e));
    return word >= 0.0 && word <= scale_limit(format);
}

/// The offset that goes with the scales: the fitted plane passes through the means.
double offset_of(const ColumnSamples& samples, const AffineFit& fit, config::Branch branch)
{
    if (fit.rank_deficient) { return 0.0; }
    const double s_n = branch == config::Branch::difference ? fit.s_p : fit.s_n;
    return mean(samples.ideal) - fit.s_p * mean(samples.c_p) + s_n * mean(samples.c_n);
}

AffineFit fit_scales(const ColumnSamples& samples, config::Branch branch)
{
    AffineFit fit;
    fit.nominal = std::ldexp(1.0, -samples.count_fraction);
    if (branch != config::Branch::polarity) {
        std::vector<std::int32_t> count = samples.c_p;
        if (branch == config::Branch::difference) {
            for (std::size_t i = 0; i < count.size(); ++i) { count[i] -= samples.c_n[i]; }
        }
        const double variance = centred(count, count);
        fit.has_p = variance > 0.0;
        fit.rank_deficient = !fit.has_p;
        if (fit.has_p) { fit.s_p = centred(count, samples.ideal) / variance; }
        return fit;
    }
    const double pp = centred(samples.c_p, samples.c_p);
    const double nn = centred(samples.c_n, samples.c_n);
    const double pn = centred(samples.c_p, samples.c_n);
    const double pt = centred(samples.c_p, samples.ideal);
    const double nt = centred(samples.c_n, samples.ideal);
    fit.has_p = pp > 0.0;
    fit.has_n = nn > 0.0;
    const double determinant = pp * nn - pn * pn;
    if (fit.has_p && fit.has_n && determinant > collinear * pp * nn) {
        fit.s_p = (pt * nn - nt * pn) / determinant;
        fit.s_n = -(nt * pp - pt * pn) / determinant;
    } else if (fit.has_p != fit.has_n) {
        if (fit.has_p) { fit.s_p = pt / pp; }
        if (fit.has_n) { fit.s_n = -nt / nn; }
    } else {
        fit.rank_deficient = true;
        fit.has_p = fit.has_n = false;
    }
    return fit;
}

/// As the design says: both counters with the same scale, no offset.
AffineFit nominal_scales(const ColumnSamples& samples, config::Branch branch)
{
    AffineFit fit;
    fit.s_p = samples.nominal;
    fit.has_p = true;
    fit.has_n = branch == config::Branch::polarity;
    if (fit.has_n) { fit.s_n = samples.nominal; }
    return fit;
}

/// The design's scale for what the samples say nothing about.
void fill_unseen(const ColumnSamples& samples, config::Branch branch, AffineFit& fit)
{
    const AffineFit design = nominal_scales(samples, branch);
    if (!fit.has_p) { fit.s_p = design.s_p; }
    if (!fit.has_n) { fit.s_n = design.s_n; }
    fit.has_p = design.has_p;
    fit.has_n = design.has_n;
}

/// What a fit makes of one sample, in units of W x.
double fitted(const AffineFit& fit, config::Branch branch, std::int32_t c_p, std::int32_t c_n)
{
    const double s_n = branch == config::Branch::difference ? fit.s_p : fit.s_n;
    return fit.s_p * c_p - s_n * c_n + fit.o;
}

struct Moments {
    double mean = 0.0, variance = 0.0;
};
Moments moments_of(const std::vector<double>& values)
{
    Moments m;
    const auto n = static_cast<double>(values.size());
    for (const double v : values) { m.mean += v / n; }
    for (const double v : values) { m.variance += (v - m.mean) * (v - m.mean) / n; }
    return m;
}

}  // namespace

config::CalibrationMethod before_batch_norm(config::CalibrationMethod method)
{
    using Method = config::CalibrationMethod;
    switch (method) {
        case Method::batch_norm: return Method::nominal;
        case Method::least_squares_batch_norm: return Method::least_squares;
        case Method::least_squares:
        case Method::nominal:
        case Method::fixed: break;
    }
    return method;
}

bool has_batch_norm(config::CalibrationMethod method)
{
    return before_batch_norm(method) != method;
}

void match_moments(const std::vector<const ColumnSamples*>& samples,
                   const std::vector<AffineFit*>& fits, config::Branch branch)
{
    std::vector<double> seen(samples.front()->ideal.size()), ideal(seen.size());
    for (std::size_t j = 0; j < samples.size(); ++j) {
        const ColumnSamples& s = *samples[j];
        for (std::size_t k = 0; k < seen.size(); ++k) {
            seen[k] += fitted(*fits[j], branch, s.c_p[k], s.c_n[k]);
            ideal[k] += static_cast<double>(s.ideal[k]);
        }
    }
    const Moments is = moments_of(seen);
    const Moments should = moments_of(ideal);
    // nothing but rounding was seen: the fit stays
    constexpr double rounding = 1e-20;
    if (is.variance <= rounding * is.mean * is.mean || is.variance == 0.0) { return; }
    const double stretch = std::sqrt(should.variance / is.variance);
    for (AffineFit* fit : fits) {
        fit->s_p *= stretch;
        fit->s_n *= stretch;
        fit->o *= stretch;
        fit->by_design = false;
    }
    fits.back()->o += should.mean - stretch * is.mean;
}

AffineFit fit_column(const ColumnSamples& samples, config::Branch branch,
                     config::CalibrationMethod method)
{
    AffineFit fit;
    if (before_batch_norm(method) == config::CalibrationMethod::nominal) {
        fit = nominal_scales(samples, branch);
        fit.by_design = true;
    } else {
        fit = fit_scales(samples, branch);
        if (samples.trusts_design) { fill_unseen(samples, branch, fit); }
        fit.o = offset_of(samples, fit, branch);
    }
    if (has_batch_norm(method) && !fit.rank_deficient) {
        match_moments({&samples}, {&fit}, branch);
    }
    fit.factor = samples.factor;
    fit.summand = samples.summand;
    return fit;
}

ScaledColumn quantise_scales(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                             const config::NmpuConfig& format, int e,
                             std::vector<std::int64_t>* sums_out)
{
    ScaledColumn out;
    Words words(out.misfits);
    const auto scale_word = [&](const char* name, bool has, double s) {
        const double value = has ? s / y_lsb : fit.nominal;
        return words.fixed(name, value, format.scale_fraction - e, 0.0, scale_limit(format));
    };
    out.words.s_p = scale_word("s_p", fit.has_p, fit.scale_p());
    if (format.branch == config::Branch::polarity) {
        out.words.s_n = scale_word("s_n", fit.has_n, fit.scale_n());
    }
    const nmpu::Lane lane(format, e, config::Activation::identity);
    std::vector<std::int64_t> own;
    std::vector<std::int64_t>& sums = sums_out != nullptr ? *sums_out : own;
    sums.resize(samples.ideal.size());
    for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] = lane.accumulate(samples.c_p[i], samples.c_n[i], out.words);
    }
    // with no answers to look at, what a batch norm adds is still known
    const bool blind = fit.rank_deficient || fit.by_design;
    const double target = (blind ? 0.0 : samples.factor * mean(samples.ideal)) + samples.summand;
    const double scaled = blind ? 0.0 : std::ldexp(mean(sums), -format.kept_fraction());
    out.offset = target / y_lsb - scaled;
    return out;
}

OffsetReach offset_reach(const config::NmpuConfig& format)
{
    const double top = std::ldexp(1.0, format.offset_bits - 1);
    // o = o_p - o_n
    return format.offsets == 2 ? OffsetReach{1.0 - 2.0 * top, 2.0 * top - 1.0}
                               : OffsetReach{-top, top - 1.0};
}

void set_offset(nmpu::AffineWords& words, std::int32_t offset, const config::NmpuConfig& format)
{
    const std::int32_t top = std::int32_t{1} << (format.offset_bits - 1);
    words.o_p = std::clamp(offset, -top, top - 1);
    words.o_n = words.o_p - offset;
}

QuantisedColumn quantise_nmpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                              const config::NmpuConfig& format, int e,
                              std::vector<std::int64_t>* sums_out)
{
    ScaledColumn scaled = quantise_scales(samples, fit, y_lsb, format, e, sums_out);
    QuantisedColumn out;
    out.nmpu = scaled.words;
    out.misfits = std::move(scaled.misfits);
    const OffsetReach reach = offset_reach(format);
    Words words(out.misfits);
    set_offset(out.nmpu,
               words.fixed("o", scaled.offset, format.offset_fraction, reach.low, reach.high),
               format);
    return out;
}

QuantisedColumn quantise_ldpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                              double w_lsb)
{
    QuantisedColumn out;
    Words words(out.misfits);
    auto& w = out.ldpu;
    // the unit takes whole counts, whatever lies below one
    const auto scale = [&](const char* name, bool has, double s) {
        return words.half(name, std::ldexp(has ? s / w_lsb : fit.nominal, samples.count_fraction));
    };
    w.scale_p = scale("s_p", fit.has_p, fit.s_p);
    w.scale_n = scale("s_n", fit.has_n, fit.s_n);
    w.gamma = ldpu::from_int(1);
    if (fit.rank_deficient) {
        w.beta = words.half("beta", samples.summand / y_lsb);
        return out;
    }
    // The mean of the unit's own value, summed as exact integers of 2^-24.
    ldpu::LaneSettings settings;
    settings.count_fraction = samples.count_fraction;
    std::vector<std::int64_t> values(samples.ideal.size());
    bool has_end = true;  // counts beyond binary16 end in infinity or NaN
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto column = ldpu::process_column(w, samples.c_p[i], samples.c_n[i], settings);
        const double t = ldpu::to_double(column.t);
        if (!std::isfinite(t)) {
            has_end = false;
            continue;
        }
        values[i] = static_cast<std::int64_t>(std::ldexp(t, 24));
    }
    const double offset = mean(samples.ideal) / w_lsb - std::ldexp(mean(values), -24);
    w.offset = words.half("o", fit.by_design ? 0.0 : offset);
    if (!has_end) {
        const auto largest = std::max(*std::max_element(samples.c_p.begin(), samples.c_p.end()),
                                      *std::max_element(samples.c_n.begin(), samples.c_n.end()));
        words.note("count", std::ldexp(largest, -samples.count_fraction), largest_half);
    }
    w.gamma = words.half("gamma", samples.factor * w_lsb / y_lsb);
    w.beta = words.half("beta", samples.summand / y_lsb);
    return out;
}

int choose_scale_exponent(const std::vector<AffineFit>& fitted, double y_lsb,
                          const config::NmpuConfig& format, std::uint64_t& needing)
{
    constexpr int most = 4;
    const auto not_held = [&](int e) {
        return static_cast<std::uint64_t>(
            std::count_if(fitted.begin(), fitted.end(), [&](const AffineFit& f) {
                return !fits(f.has_p ? f.scale_p() / y_lsb : f.nominal, format, e) ||
                       (format.branch == config::Branch::polarity &&
                        !fits(f.has_n ? f.scale_n() / y_lsb : f.nominal, format, e));
            }));
    };
    needing = not_held(0);
    for (int e = 0; e < most; ++e) {
        if (not_held(e) * 50 <= fitted.size()) { return e; }
    }
    return most;
}

}  // namespace aimc::calibration
