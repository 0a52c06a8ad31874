// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/crossbar/crossbar.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::crossbar {

/// Word lines of which sign of the input are meant.
enum class Sign : std::uint8_t { positive, negative, both };

/// Inputs as matrix products take them: rows padded to whole pairs.
struct PulseFactors {
    std::vector<std::int16_t> code;    ///< [n x 2 pairs] |x| where x has the sign, else 0; both: x
    std::vector<std::int16_t> square;  ///< [n x 2 pairs] of the code
    bool is_set = false;
};

/// The inputs of some reads, split by sign when somebody asks.
class PulseBatch {
public:
    /// @param x  n vectors of `rows` codes, `stride` apart; they stay in place while this is used
    void start(const std::int8_t* x, std::size_t stride, std::size_t n, std::size_t rows,
               SimdLevel simd);

    std::size_t n() const { return n_; }
    const PulseFactors& of(Sign sign);
    /// [n] longest pulse of each read in a phase; 0: no word line is driven.  [cycles]
    const std::vector<int>& n_on(Phase phase) const;

private:
    const std::int8_t* x_ = nullptr;
    std::size_t stride_ = 0, n_ = 0, rows_ = 0;
    SimdLevel simd_ = SimdLevel::scalar;
    std::array<PulseFactors, 3> factors_;      ///< by Sign
    std::array<std::vector<int>, 3> longest_;  ///< by Sign
};

}  // namespace aimc::crossbar
