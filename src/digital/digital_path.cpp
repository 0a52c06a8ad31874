// SPDX-License-Identifier: Apache-2.0
#include "aimc/digital/digital_path.h"

#include "aimc/digital/steps.h"

namespace aimc::digital {

DigitalPath::DigitalPath(const config::TileConfig& config, const Matrix<std::int16_t>& weights,
                         SimdLevel, crossbar::Window window)
    : weights_(weights),
      single_(config.nmpu.branch == config::Branch::single),
      digital_(config.digital),
      rows_(crossbar::range_or_all(window.rows, config.rows)),
      cols_(crossbar::range_or_all(window.cols, config.cols))
{
}

void DigitalPath::read_batch(const std::int8_t* x, std::size_t x_stride, std::size_t n,
                             std::int32_t* c_p, std::int32_t* c_n, int* steps) const
{
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t c = 0; c < cols(); ++c) {
            std::int32_t s = 0;
            for (std::size_t r = 0; r < rows(); ++r) {
                s += x[k * x_stride + r] * weights_.row(rows_.from + r)[cols_.from + c];
            }
            c_p[k * cols() + c] = single_ || s > 0 ? s : 0;
            c_n[k * cols() + c] = single_ || s > 0 ? 0 : -s;
        }
        if (steps != nullptr) { steps[k] = n_steps(digital_, x + k * x_stride, rows()); }
    }
}

}  // namespace aimc::digital
