// SPDX-License-Identifier: Apache-2.0
#include "aimc/tile/read_phases.h"

#include <algorithm>

namespace aimc::tile {

ReadPhases::ReadPhases(const config::ReadConfig& read)
{
    for (unsigned signs = 0; signs < by_signs_.size(); ++signs) {
        const std::array<std::int8_t, 2> x{static_cast<std::int8_t>((signs & 1U) != 0 ? 1 : 0),
                                           static_cast<std::int8_t>((signs & 2U) != 0 ? -1 : 0)};
        by_signs_[signs] = crossbar::phases_of(read, x.data(), x.size());
        look_at_signs_ = look_at_signs_ || by_signs_[signs] != by_signs_[0];
    }
}

const std::vector<crossbar::Phase>& ReadPhases::of(const std::int8_t* x, std::size_t rows) const
{
    if (!look_at_signs_) { return by_signs_[0]; }
    const auto some = [&](auto sign) { return std::any_of(x, x + rows, sign); };
    const unsigned positive = some([](int code) { return code > 0; }) ? 1 : 0;
    const unsigned negative = some([](int code) { return code < 0; }) ? 2 : 0;
    return by_signs_[positive + negative];
}

}  // namespace aimc::tile
