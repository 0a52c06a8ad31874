// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/ldpu/lane.h"
#include "aimc/nmpu/lane.h"

#include <cstdint>
#include <vector>

/// From played vectors to the affine words of the post unit, as at a chip bring-up.
namespace aimc::calibration {

/// What one column showed during calibration. All [vectors].
struct ColumnSamples {
    std::vector<std::int32_t> c_p, c_n;  ///< counts
    std::vector<std::int64_t> ideal;     ///< W x of this column, exact
    int count_fraction = 0;              ///< counts are in units of 2^-count_fraction
};

/// target = s_p * c+ - s_n * c- + o  by least squares; s and o in units of W x.
/// Sums are exact integers, so the result does not depend on their order.
struct AffineFit {
    double s_p = 0.0, s_n = 0.0, o = 0.0;
    double nominal = 1.0;               ///< scale where nothing was seen: 1 LSB per count
    bool has_p = false, has_n = false;  ///< false: that count never changed, or the branch lacks it
    bool rank_deficient = false;        ///< nothing to fit: nominal scale, zero offset
};
AffineFit fit_column(const ColumnSamples& samples, config::Branch branch);

/// Words of one column and what had to give.
struct QuantisedColumn {
    nmpu::AffineWords nmpu;
    ldpu::AffineWords16 ldpu;
    bool scale_clipped = false;  ///< negative, or beyond the format
    bool offset_clipped = false;
};

/// Scales to the nearest word (half to even), then the offset again with the quantised scales and
/// the bit-true lane, so that it is right at the operating mean.
/// @param y_lsb  one output LSB in units of W x
/// @param sums   [vectors] the lane's A with these scales and no offset, for those who want it
QuantisedColumn quantise_nmpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb,
                              const config::NmpuConfig& format, int scale_exponent,
                              std::vector<std::int64_t>* sums = nullptr);
QuantisedColumn quantise_ldpu(const ColumnSamples& samples, const AffineFit& fit, double y_lsb);

/// The smallest e (0 .. 4) at which at least 98 % of the columns have both scales in their format;
/// 4 if none does.
/// @param needing  how many columns do not fit at e = 0
int choose_scale_exponent(const std::vector<AffineFit>& fits, double y_lsb,
                          const config::NmpuConfig& format, std::uint64_t& needing);

}  // namespace aimc::calibration
