// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/ldpu/lane.h"
#include "aimc/nmpu/lane.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

/// From played vectors to the affine words of the post unit, as at a chip bring-up.
namespace aimc::calibration {

/// What one column showed during calibration. All [vectors].
struct ColumnSamples {
    std::vector<std::int32_t> c_p, c_n;  ///< counts
    std::vector<std::int64_t> ideal;     ///< W x of this column, exact
    int count_fraction = 0;              ///< counts are in units of 2^-count_fraction
    double factor = 1.0, summand = 0.0;  ///< batch norm: the output is factor * W x + summand
    double nominal = 0.0;  ///< what a count is by design, in units of W x; 0: not known
    /// Where a count never changed its scale is the design's: of kinds whose counts are no
    /// oscillator's, so that the design is right but for a column's spread.
    bool trusts_design = false;
};

/// target = s_p * c+ - s_n * c- + o  by least squares; s and o in units of W x.
/// Sums are exact integers, so the result does not depend on their order.
struct AffineFit {
    double s_p = 0.0, s_n = 0.0, o = 0.0;
    double nominal = 1.0;               ///< scale where nothing was seen: 1 LSB per count
    bool has_p = false, has_n = false;  ///< false: that count never changed, or the branch lacks it
    bool rank_deficient = false;        ///< nothing to fit: nominal scale, zero offset
    bool by_design = false;  ///< method nominal: no sample has a share in scale or offset
    double factor = 1.0, summand = 0.0;  ///< batch norm on top of it

    // The whole map from counts to the output, in units of W x: what the NMPU's words hold.
    double scale_p() const { return factor * s_p; }
    double scale_n() const { return factor * s_n; }
    double offset() const { return factor * o + summand; }
};
/// @param method  least_squares; nominal: the design's scale, no offset. With batch_norm, mean and
///                variance are then brought back (match_moments); fixed is not for here.
AffineFit fit_column(const ColumnSamples& samples, config::Branch branch,
                     config::CalibrationMethod method = config::CalibrationMethod::least_squares);

/// Batch-norm recalibration: one more scale, and offset, for the sum of these columns so that its
/// mean and standard deviation over the samples are those of the ideal sum, as new running
/// statistics with the old gamma and beta make them. No sample is compared with its own ideal.
/// Reconstructed: PIM-QAT's own procedure was not available.
/// @param samples, fits  the columns of a chain of row tiles, at least one
void match_moments(const std::vector<const ColumnSamples*>& samples,
                   const std::vector<AffineFit*>& fits, config::Branch branch);
/// The method without what follows it: nominal or least_squares.
config::CalibrationMethod before_batch_norm(config::CalibrationMethod method);
bool has_batch_norm(config::CalibrationMethod method);

/// A word that did not fit its format: the nearest one that does took its place.
struct Misfit {
    std::size_t column = 0;  ///< of the layer
    std::string word;        ///< s_p, s_n or o; of the LDPU also gamma, beta, or a count
    double wanted = 0.0;     ///< [LSB per count] of a scale, [LSB] of an offset
    double given = 0.0;
    bool is_scale() const { return word == "s_p" || word == "s_n"; }
};

/// Words of one column and what had to give.
struct QuantisedColumn {
    nmpu::AffineWords nmpu;
    ldpu::AffineWords16 ldpu;
    std::vector<Misfit> misfits;  ///< words that are negative or beyond their format
    bool scale_clipped() const
    {
        return std::any_of(misfits.begin(), misfits.end(), [](auto& m) { return m.is_scale(); });
    }
    bool offset_clipped() const
    {
        return std::any_of(misfits.begin(), misfits.end(), [](auto& m) { return !m.is_scale(); });
    }
};

/// Scales of the NMPU in words, and the offset that goes with them.
struct ScaledColumn {
    nmpu::AffineWords words;  ///< without offsets
    /// [LSB] so that the column is right at the operating mean; by design: the summand alone
    double offset = 0.0;
    std::vector<Misfit> misfits;  ///< scales that are negative or beyond their format
};
ScaledColumn quantise_scales(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                             const config::NmpuConfig& format, int scale_exponent,
                             std::vector<std::int64_t>* sums = nullptr);
/// Ends of what the offset words of a column can hold together.  [2^-offset_fraction LSB]
struct OffsetReach {
    double low = 0.0, high = 0.0;
};
OffsetReach offset_reach(const config::NmpuConfig& format);
/// Puts an offset within reach into the words: the second takes what the first cannot hold.
void set_offset(nmpu::AffineWords& words, std::int32_t offset, const config::NmpuConfig& format);

/// Scales to the nearest word (half to even), then the offset again with the quantised scales and
/// the bit-true lane, so that it is right at the operating mean.
/// The batch norm is folded into them.
/// @param y_lsb  one output LSB in units of W x
/// @param sums   [vectors] the lane's A with these scales and no offset, for those who want it
QuantisedColumn quantise_nmpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                              const config::NmpuConfig& format, int scale_exponent,
                              std::vector<std::int64_t>* sums = nullptr);
/// The LDPU undoes the converter first and has the batch norm in words of its own.
/// @param w_lsb  unit of the value between the two, in units of W x; without a batch norm y_lsb
QuantisedColumn quantise_ldpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                              double w_lsb);

/// The smallest e (0 .. 4) at which at least 98 % of the columns have both scales in their format;
/// 4 if none does.
/// @param needing  how many columns do not fit at e = 0
int choose_scale_exponent(const std::vector<AffineFit>& fits, double y_lsb,
                          const config::NmpuConfig& format, std::uint64_t& needing);

}  // namespace aimc::calibration
