// SPDX-License-Identifier: Apache-2.0
#include "aimc/calibration/affine_fit.h"

#include <algorithm>
#include <cmath>

namespace aimc::calibration {
namespace {

__extension__ typedef __int128 Wide;  // n * sum of squares of 24-bit counts needs 80 bits

constexpr double collinear = 1e-12;  // Choice: 1 - correlation^2 below this counts as one regressor

double half_even(double x)
{
    const double down = std::floor(x);
    const double rest = x - down;
    const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(down, 2.0) != 0.0);
    return up ? down + 1.0 : down;
}

std::int32_t to_word(double value, double low, double high, bool& clipped)
{
    const double rounded = half_even(value);
    clipped = clipped || rounded < low || rounded > high;
    return static_cast<std::int32_t>(std::clamp(rounded, low, high));
}

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

constexpr double largest_half = 65504.0;

ldpu::Binary16 to_half(double value, bool& clipped)
{
    clipped = clipped || !(std::fabs(value) <= largest_half);
    return ldpu::from_double(std::clamp(value, -largest_half, largest_half));
}

double scale_limit(const config::NmpuConfig& format)
{
    return std::ldexp(1.0, format.scale_bits) - 1.0;
}

bool fits(double s, const config::NmpuConfig& format, int e)
{
    const double word = half_even(std::ldexp(s, format.scale_fraction - e));
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

}  // namespace

AffineFit fit_column(const ColumnSamples& samples, config::Branch branch)
{
    AffineFit fit = fit_scales(samples, branch);
    fit.o = offset_of(samples, fit, branch);
    return fit;
}

QuantisedColumn quantise_nmpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                              const config::NmpuConfig& format, int e,
                              std::vector<std::int64_t>* sums_out)
{
    QuantisedColumn out;
    const auto scale_word = [&](bool has, double s) {
        const double value = has ? s / y_lsb : fit.nominal;
        return to_word(std::ldexp(value, format.scale_fraction - e), 0.0, scale_limit(format),
                       out.scale_clipped);
    };
    out.nmpu.s_p = scale_word(fit.has_p, fit.s_p);
    if (format.branch == config::Branch::polarity) {
        out.nmpu.s_n = scale_word(fit.has_n, fit.s_n);
    }
    if (fit.rank_deficient && sums_out == nullptr) { return out; }
    const nmpu::Lane lane(format, e, config::Activation::identity);
    std::vector<std::int64_t> own;
    std::vector<std::int64_t>& sums = sums_out != nullptr ? *sums_out : own;
    sums.resize(samples.ideal.size());
    for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] = lane.accumulate(samples.c_p[i], samples.c_n[i], out.nmpu);
    }
    if (fit.rank_deficient) { return out; }
    const double offset =
        mean(samples.ideal) / y_lsb - std::ldexp(mean(sums), -format.kept_fraction());
    const double top = std::ldexp(1.0, format.offset_bits - 1);
    out.nmpu.o_p =
        to_word(std::ldexp(offset, format.offset_fraction), -top, top - 1.0, out.offset_clipped);
    return out;
}

QuantisedColumn quantise_ldpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb)
{
    QuantisedColumn out;
    auto& w = out.ldpu;
    // the unit takes whole counts, whatever lies below one
    const auto scale = [&](bool has, double s) {
        return to_half(std::ldexp(has ? s / y_lsb : fit.nominal, samples.count_fraction),
                       out.scale_clipped);
    };
    w.scale_p = scale(fit.has_p, fit.s_p);
    w.scale_n = scale(fit.has_n, fit.s_n);
    w.gamma = ldpu::from_int(1);
    if (fit.rank_deficient) { return out; }
    // The mean of the unit's own value, summed as exact integers of 2^-24.
    ldpu::LaneSettings settings;
    settings.count_fraction = samples.count_fraction;
    std::vector<std::int64_t> values(samples.ideal.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto column = ldpu::process_column(w, samples.c_p[i], samples.c_n[i], settings);
        double t = ldpu::to_double(column.t);
        if (!(std::fabs(t) <= largest_half)) {  // counts beyond binary16 end in infinity or NaN
            t = 0.0;
            out.offset_clipped = true;
        }
        values[i] = static_cast<std::int64_t>(std::ldexp(t, 24));
    }
    w.offset =
        to_half(mean(samples.ideal) / y_lsb - std::ldexp(mean(values), -24), out.offset_clipped);
    return out;
}

int choose_scale_exponent(const std::vector<AffineFit>& fitted, double y_lsb,
                          const config::NmpuConfig& format, std::uint64_t& needing)
{
    constexpr int most = 4;
    const auto not_held = [&](int e) {
        return static_cast<std::uint64_t>(
            std::count_if(fitted.begin(), fitted.end(), [&](const AffineFit& f) {
                return !fits(f.has_p ? f.s_p / y_lsb : f.nominal, format, e) ||
                       (format.branch == config::Branch::polarity &&
                        !fits(f.has_n ? f.s_n / y_lsb : f.nominal, format, e));
            }));
    };
    needing = not_held(0);
    for (int e = 0; e < most; ++e) {
        if (not_held(e) * 50 <= fitted.size()) { return e; }
    }
    return most;
}

}  // namespace aimc::calibration
