// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/simd.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/crossbar.h"
#include "aimc/crossbar/window.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::converters {

/// Error of one conversion in the analog/mixed-signal (AMS) model: weights and inputs in -1 .. 1, a
/// converter of 2^enob steps over +-n_mult, and an error as of its quantisation:
///
///   sd_vmac = n_mult 2^-(enob-1) / sqrt(12)
///
/// Source: Rekhi19 (recalled, not read there; the facts' sheet cross-checks it with the paper's
/// headline of about 300 fJ per product at 12 bit and 8 products).
/// @param enob    [bit] any real number   @param n_mult  products before one conversion, at least 1
/// @return        standard deviation [weight x input]
double sd_vmac(double enob, double n_mult);

/// The same at a neuron of n_total products, whose n_total / n_mult conversions are added
/// digitally: sd_total = sqrt(n_total / n_mult) sd_vmac = sqrt(n_mult n_total) 2^-(enob-1) /
/// sqrt(12). Source: Rekhi19 (recalled).
double sd_total(double enob, double n_mult, double n_total);

/// Counts that a weight of 1 (g_max) and an input of 1 (code 127) give through the nominal line.
/// @param g_max_uS  [uS] conductance of the largest weight  @param current_ratio  [-] input mirror
double ams_counts_per_unit(const config::TileConfig& config, double g_max_uS, double current_ratio);

/// The AMS error of a tile's columns: one zero-mean Gaussian per column and read, in place of all
/// physical errors of the converter (adc.model ams).
///
///   error_c = sd_total(n_total_c) counts_per_unit (sqrt(f) z_fixed + sqrt(1 - f) z_random)
///
/// with f = adc.ams.fixed_share. z_fixed belongs to the device, the column and the vector
/// (seed.device), as quantisation error does: the same vector meets it at every repeat. z_random is
/// new in every read (seed.read), as thermal noise is.
/// Choice: a read in which a vector drives nothing and skip_empty_phases leaves out all phases
/// converts nothing and has no error.
class AmsError {
public:
    /// @param n_total  [cols of the tile] products of each column's neuron; adc.ams.n_total, where
    ///                 it is given, goes before them
    /// @param window   lines of the tile that are read; its columns have the errors that they have
    ///                 in a read of the whole tile
    AmsError(const config::TileConfig& config, const std::vector<std::size_t>& n_total,
             double counts_per_unit, crossbar::Window window = {},
             SimdLevel simd = best_simd_level());

    /// Adds the rounded error to c_p where it is positive, its magnitude to c_n where it is
    /// negative: neither falls below 0. To be called before words are clipped.
    /// @param x         [window rows] input codes
    /// @param c_p, c_n  [window cols] counts, with adc.count_fraction bits below one count
    void add(const std::int8_t* x, crossbar::ReadId id, std::int32_t* c_p, std::int32_t* c_n) const;

    /// Standard deviation of one column of the window. [counts]
    double sd_counts(std::size_t column) const { return sd_[column]; }

private:
    struct Driven {
        std::uint64_t hash = 0;
        bool any = false;
    };
    Driven driven_by(const std::int8_t* x) const;

    std::size_t first_row_, n_rows_, first_col_;
    std::vector<double> sd_;  ///< [window cols] [counts]
    double fixed_part_, random_part_;
    double fine_;  ///< parts of one count
    bool skips_empty_;
    config::SeedConfig seed_;
    std::uint16_t tile_;
    SimdLevel simd_;
};

}  // namespace aimc::converters
