// SPDX-License-Identifier: Apache-2.0
#include "aimc/schemes/scheme_path.h"

namespace aimc::schemes {

SchemePath::SchemePath(const config::TileConfig& config, const Matrix<std::int16_t>&, SimdLevel,
                       crossbar::Window window)
    : rows_(crossbar::range_or_all(window.rows, config.rows)),
      cols_(crossbar::range_or_all(window.cols, config.cols))
{
}

}  // namespace aimc::schemes
