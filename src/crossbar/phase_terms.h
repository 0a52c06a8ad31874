// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/pair_plane.h"
#include "aimc/crossbar/pulse_batch.h"

#include "seen_cells.h"

#include <array>

namespace aimc::crossbar::detail {

/// Charge and noise variance of a phase are sums of one or two products, inputs of a sign with what
/// they see of the cells.
struct PhaseTerm {
    Sign sign;
    std::size_t plane;  ///< 0: G+, or what positive inputs see; 1: G-, or what negative ones see
};
struct PhaseTerms {
    std::array<PhaseTerm, 2> term;
    std::size_t n;
    const PhaseTerm* begin() const { return term.data(); }
    const PhaseTerm* end() const { return term.data() + n; }
};

/// @param symmetric  one-phase: both polarities read alike, so one product takes all inputs
inline PhaseTerms terms_of(Phase phase, bool symmetric)
{
    const PhaseTerm none{Sign::both, 0};
    switch (phase) {
        case Phase::pp: return {{{{Sign::positive, 0}, none}}, 1};
        case Phase::pn: return {{{{Sign::positive, 1}, none}}, 1};
        case Phase::np: return {{{{Sign::negative, 0}, none}}, 1};
        case Phase::nn: return {{{{Sign::negative, 1}, none}}, 1};
        case Phase::all: break;
    }
    if (symmetric) { return {{{{Sign::both, 0}, none}}, 1}; }
    return {{{{Sign::positive, 0}, {Sign::negative, 1}}}, 2};
}

inline bool reads_alike(const GridArray& array)
{
    return std::all_of(array.asymmetry.begin(), array.asymmetry.end(),
                       [](double a) { return a == 0.0; });
}

/// The cells of a window as inputs of a sign (one-phase) or a polarity (four-phase) see them.
/// @param number   of a SeenCell
template <class Number>
PairPlane seen_plane(const GridArray& array, bool one_phase, bool negative, Window window,
                     const Number& number, std::int64_t largest_factor, bool is_signed)
{
    const config::Range rows = range_or_all(window.rows, array.rows());
    const config::Range cols = range_or_all(window.cols, array.cols());
    const auto at = [&](std::size_t r, std::size_t c) {
        return number(
            seen(array, one_phase, negative, WordLine{rows.from + r}, BitLine{cols.from + c}));
    };
    return make_pair_plane(rows.size(), cols.size(), at, largest_factor, is_signed);
}

}  // namespace aimc::crossbar::detail
