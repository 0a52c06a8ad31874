// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/scheme_path.h"

#include <cstdlib>

namespace aimc::schemes {

SchemePath::SchemePath(const config::TileConfig& config, const Matrix<std::int16_t>&, SimdLevel,
                       crossbar::Window window)
    : rows_(crossbar::range_or_all(window.rows, config.rows)),
      cols_(crossbar::range_or_all(window.cols, config.cols))
{
}

void SchemePath::read_batch(const std::int8_t*, std::size_t, std::size_t, crossbar::ReadId,
                            Scratch&, std::int32_t*, std::int32_t*, int*,
                            converters::AdcEvents&) const
{
    std::abort();
}
}  // namespace aimc::schemes
