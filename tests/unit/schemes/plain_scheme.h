// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/exact_math.h"
#include "aimc/base/matrix.h"
#include "aimc/base/random.h"
#include "aimc/config/tile_config.h"
#include "aimc/crossbar/crossbar.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aimc::test {

/// A read of a PIM tile as its definition says it: one cell, one conversion, one draw at a time.
/// Shares only the normals and the rounding with what it checks.
class PlainScheme {
public:
    PlainScheme(const config::TileConfig& c, const Matrix<std::int16_t>& weights,
                config::Range rows, config::Range cols)
        : c_(c), pim_(c.pim), weights_(weights), rows_(rows), cols_(cols)
    {
    }

    std::uint64_t conversions = 0;
    std::uint64_t over_range = 0;

    /// The two words of every column, and how many steps it took.
    int read(const std::int8_t* x, crossbar::ReadId id, std::int32_t* c_p, std::int32_t* c_n)
    {
        const bool has_positive = std::any_of(x, x + rows_.size(), [](int v) { return v > 0; });
        const bool has_negative = std::any_of(x, x + rows_.size(), [](int v) { return v < 0; });
        int steps = 0;
        std::fill(c_p, c_p + cols_.size(), 0);
        std::fill(c_n, c_n + cols_.size(), 0);
        for (const bool negative : {false, true}) {
            if (negative ? !has_negative : (!has_positive && has_negative)) { continue; }
            for (std::size_t first = 0; first < rows_.size(); first += n_products()) {
                for (int low_bit = 0; low_bit < pim_.input_bits; low_bit += pim_.slice_bits) {
                    ++steps;
                    for (std::size_t col = 0; col < cols_.size(); ++col) {
                        step(x, id, {negative, first, low_bit}, col, c_p[col], c_n[col]);
                    }
                }
            }
        }
        for (std::size_t col = 0; col < cols_.size(); ++col) { finish(c_p[col], c_n[col]); }
        return steps;
    }

private:
    struct Step {
        bool negative;
        std::size_t first;
        int low_bit;
    };

    std::size_t n_products() const
    {
        if (pim_.group_size) { return static_cast<std::size_t>(*pim_.group_size); }
        return pim_.scheme == config::Scheme::native ? 9 : 144;
    }

    void step(const std::int8_t* x, crossbar::ReadId id, const Step& at, std::size_t col,
              std::int32_t& c_p, std::int32_t& c_n)
    {
        const int place = 1 << at.low_bit;
        const int sign = at.negative ? -1 : 1;
        const auto code = [&](int physical) { return convert(x, id, at, col, physical); };
        switch (pim_.scheme) {
            case config::Scheme::native: c_p += sign * place * code(0); return;
            case config::Scheme::differential:
                (at.negative ? c_n : c_p) += place * code(0);
                (at.negative ? c_p : c_n) += place * code(1);
                return;
            case config::Scheme::bit_serial: break;
        }
        const int top = pim_.weight_bits - 1;
        for (int k = 0; k < top; ++k) { (at.negative ? c_n : c_p) += place * (1 << k) * code(k); }
        (at.negative ? c_p : c_n) += place * (1 << top) * code(top);
    }

    int held(int w, int physical) const
    {
        if (pim_.scheme == config::Scheme::native) { return w; }
        if (pim_.scheme == config::Scheme::differential) {
            return physical == 0 ? std::max(w, 0) : std::max(-w, 0);
        }
        const int two_complement = w < 0 ? w + (1 << pim_.weight_bits) : w;
        return two_complement / (1 << physical) % 2;
    }

    int convert(const std::int8_t* x, crossbar::ReadId id, const Step& at, std::size_t col,
                int physical)
    {
        std::int64_t s = 0;
        for (std::size_t r = at.first; r < std::min(at.first + n_products(), rows_.size()); ++r) {
            const int magnitude = at.negative ? std::max(-x[r], 0) : std::max<int>(x[r], 0);
            const int slice = magnitude / (1 << at.low_bit) % (1 << pim_.slice_bits);
            const int w = weights_(WordLine{rows_.from + r}, BitLine{cols_.from + col});
            s += std::int64_t{held(w, physical)} * slice;
        }
        const bool native = pim_.scheme == config::Scheme::native;
        const double most = (1 << (native ? pim_.bits - 1 : pim_.bits)) - 1;
        const double least = native ? -most : 0.0;
        const int weight =
            pim_.scheme == config::Scheme::bit_serial ? 1 : (1 << (pim_.weight_bits - 1)) - 1;
        const double largest =
            static_cast<double>(n_products()) * weight * ((1 << pim_.slice_bits) - 1);
        const double spanned = std::max(pim_.range_share * largest, most);

        const auto column = static_cast<std::uint32_t>(cols_.from + col);
        Place place;
        place.seed = c_.seed.device;
        place.tile = c_.index;
        place.lane = static_cast<std::uint16_t>(physical);
        place.purpose = Purpose::pim_gain;
        const double gain = 1.0 + pim_.gain_sd * normal(place, column);
        place.purpose = Purpose::pim_offset;
        const double offset = pim_.offset_sd_lsb * normal(place, column);
        double input = gain * (static_cast<double>(s) * most / spanned) + offset;
        ++conversions;
        over_range += input > most + 0.5 || input < least - 0.5;
        place.seed = c_.seed.read;
        place.purpose = id.calibration ? Purpose::calibration_pim_thermal : Purpose::pim_thermal;
        place.row = static_cast<std::uint16_t>(rows_.from + at.first);
        place.lane = static_cast<std::uint16_t>(at.low_bit / pim_.slice_bits +
                                                8 * int{at.negative} + 16 * physical);
        place.read = id.read;
        if (pim_.sigma_lsb > 0.0) { input += pim_.sigma_lsb * normal(place, column); }
        return static_cast<int>(std::clamp(round_half_even(input), least, most));
    }

    void finish(std::int32_t& c_p, std::int32_t& c_n) const
    {
        const std::int32_t sum = c_p - c_n;
        if (c_.nmpu.branch == config::Branch::single) {
            c_p = sum;
            c_n = 0;
        } else if (pim_.scheme == config::Scheme::native) {
            c_p = std::max(sum, 0);
            c_n = std::max(-sum, 0);
        }
    }

    config::TileConfig c_;
    config::PimConfig pim_;
    const Matrix<std::int16_t>& weights_;
    config::Range rows_, cols_;
};

}  // namespace aimc::test
