// SPDX-License-Identifier: Apache-2.0
#include "aimc/converters/ams_error.h"

#include "aimc/base/exact_math.h"
#include "aimc/base/random.h"

#include <cmath>
#include <limits>

namespace aimc::converters {
namespace {

constexpr int code_limit = 127;
constexpr double most_count = std::numeric_limits<std::int32_t>::max();

/// Steele, Lea and Flood's finaliser of SplitMix64: every bit of the key moves every bit.
constexpr std::uint64_t mixed(std::uint64_t key)
{
    key += 0x9e3779b97f4a7c15U;
    key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9U;
    key = (key ^ (key >> 27U)) * 0x94d049bb133111ebU;
    return key ^ (key >> 31U);
}

/// The 64 bits of a vector's hash in the 72 that a place has: read, row, lane.
Place fixed_place(const config::SeedConfig& seed, std::uint16_t tile, std::uint64_t hash)
{
    Place place;
    place.seed = seed.device;
    place.purpose = Purpose::ams_fixed;
    place.tile = tile;
    place.read = hash & ((std::uint64_t{1} << 40U) - 1U);
    place.row = static_cast<std::uint16_t>(hash >> 40U);
    place.lane = static_cast<std::uint16_t>(hash >> 56U);
    return place;
}

Place random_place(const config::SeedConfig& seed, std::uint16_t tile, crossbar::ReadId id)
{
    Place place;
    place.seed = seed.read;
    place.purpose = id.calibration ? Purpose::calibration_ams_random : Purpose::ams_random;
    place.tile = tile;
    place.read = id.read;
    return place;
}

struct ErrorJob {
    const double *sd, *fixed, *random;
    double fixed_part, random_part, fine;
    std::int32_t *c_p, *c_n;
};

AIMC_ALWAYS_INLINE void add_body(const ErrorJob& job, std::size_t n)
{
    // doubles of this size have no fraction bits; errors beyond 2^51 end at most_count anyway
    constexpr double whole = 0x1.8p52;
    const ErrorJob j = job;
    AIMC_INDEPENDENT_TURNS
    for (std::size_t c = 0; c < n; ++c) {
        const double z = j.fixed_part * j.fixed[c] + j.random_part * j.random[c];
        const double error = (j.sd[c] * j.fine * z + whole) - whole;
        const double p = j.c_p[c] + (error > 0.0 ? error : 0.0);
        const double q = j.c_n[c] + (error > 0.0 ? 0.0 : -error);
        j.c_p[c] = static_cast<std::int32_t>(p < most_count ? p : most_count);
        j.c_n[c] = static_cast<std::int32_t>(q < most_count ? q : most_count);
    }
}
AIMC_SIMD_CLONES(add_errors, add_body, (const ErrorJob& job, std::size_t n), (job, n))

}  // namespace

double sd_vmac(double enob, double n_mult)
{
    return n_mult * exact_pow(2.0, 1.0 - enob) / std::sqrt(12.0);
}

double sd_total(double enob, double n_mult, double n_total)
{
    return std::sqrt(n_total / n_mult) * sd_vmac(enob, n_mult);
}

double ams_counts_per_unit(const config::TileConfig& config, double g_max_uS, double current_ratio)
{
    const double current_uA = g_max_uS * config.crossbar.v_read_mV * 1e-3 * current_ratio;
    const double counts_per_ns = current_uA * config.adc.gain_MHz_per_uA * 1e-3;
    return counts_per_ns * static_cast<double>(config.t_clk_ps) * 1e-3 * code_limit;
}

AmsError::AmsError(const config::TileConfig& config, const std::vector<std::size_t>& n_total,
                   double counts_per_unit, crossbar::Window window, SimdLevel simd)
    : first_row_(window.rows.from),
      n_rows_(crossbar::range_or_all(window.rows, config.rows).size()),
      first_col_(window.cols.from),
      sd_(crossbar::range_or_all(window.cols, config.cols).size()),
      fixed_part_(std::sqrt(config.adc.ams.fixed_share)),
      random_part_(std::sqrt(1.0 - config.adc.ams.fixed_share)),
      fine_(static_cast<double>(std::int64_t{1} << config.adc.count_fraction)),
      skips_empty_(config.read.skip_empty_phases),
      seed_(config.seed),
      tile_(config.index),
      simd_(simd)
{
    const config::AmsConfig& ams = config.adc.ams;
    for (std::size_t c = 0; c < sd_.size(); ++c) {
        const double products = ams.n_total ? static_cast<double>(*ams.n_total)
                                            : static_cast<double>(n_total.at(first_col_ + c));
        sd_[c] = sd_total(ams.enob, ams.n_mult, products) * counts_per_unit;
    }
}

AmsError::Driven AmsError::driven_by(const std::int8_t* x) const
{
    // a sum over driven word lines of the whole tile: resting ones, read or not, change nothing
    Driven driven;
    for (std::size_t r = 0; r < n_rows_; ++r) {
        if (x[r] == 0) { continue; }
        driven.any = true;
        if (fixed_part_ == 0.0) { break; }  // nobody asks for the hash
        driven.hash += mixed((first_row_ + r) << 8U | static_cast<std::uint8_t>(x[r]));
    }
    driven.hash = mixed(driven.hash);
    return driven;
}

void AmsError::add(const std::int8_t* x, crossbar::ReadId id, std::int32_t* c_p,
                   std::int32_t* c_n) const
{
    const Driven driven = driven_by(x);
    if (skips_empty_ && !driven.any) { return; }
    const std::size_t cols = sd_.size();
    const ColumnSpan columns{static_cast<std::uint32_t>(first_col_),
                             static_cast<std::uint32_t>(cols)};
    thread_local std::vector<double> fixed, random;
    fixed.assign(cols, 0.0);
    random.assign(cols, 0.0);
    if (fixed_part_ > 0.0) {
        normals(fixed_place(seed_, tile_, driven.hash), 1, columns, simd_, cols, fixed.data());
    }
    if (random_part_ > 0.0) {
        normals(random_place(seed_, tile_, id), 1, columns, simd_, cols, random.data());
    }
    add_errors(simd_)(
        {sd_.data(), fixed.data(), random.data(), fixed_part_, random_part_, fine_, c_p, c_n},
        cols);
}

}  // namespace aimc::converters
