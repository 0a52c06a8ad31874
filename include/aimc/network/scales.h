// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/network.h"
#include "aimc/network/plan.h"
#include "aimc/network/program.h"

#include <array>
#include <cstdint>
#include <vector>

namespace aimc::network {

/// The largest magnitudes of each map over calibration images, for a percentile of them.
class Ranges {
public:
    /// @param percentile  of |value| that the largest code stands for [%]
    /// @param n_images    that will be added
    Ranges(const config::Network& network, double percentile, std::size_t n_images);

    void add(std::size_t map, const std::vector<float>& values);  ///< of one image
    void merge(const Ranges& other);
    /// The percentile of a map's magnitudes; 0 when nothing was larger.
    double top(std::size_t map) const;

private:
    std::vector<std::size_t> kept_;            ///< [maps] how many of the largest matter
    std::vector<std::vector<float>> largest_;  ///< [maps] heaps, the least of them first
};

/// What a code of each map is worth, and what follows from it for the integers outside the tiles.
struct Scales {
    std::vector<double> lsb;                    ///< [maps] value of one code
    int largest_code = 127;                     ///< of all maps, either way
    std::array<std::int8_t, 256> input{};       ///< code of each byte of an image
    std::vector<int> residual_shift;            ///< [steps] m: r = code * 2^m in output LSB, layers
    std::vector<std::array<int, 2>> add_shift;  ///< [steps] right shifts of both summands
    std::vector<int> average_up;                ///< [steps] code = round(sum * 2^up / n)
};

/// The largest code stands for the percentile of a map's values; words beyond it are held there.
/// Maps that meet in an addition get values of a code in a power-of-two ratio, so that shifts align
/// them; pools and shortcuts keep the code of what they read, averages get a finer one by whole
/// bits. Choice: within a group of maps tied so, the one whose values waste the least of their
/// codes over the whole group sets the scale; each other map then rounds up to the next power of
/// two.
///
/// Constants of a layer (bias, batch norm) must fit the offset words of its tiles: where they would
/// not, codes are worth more than the percentile asks for. Choice: constants take at most nine
/// tenths of the words, the rest is for what the converters need.
/// @param offset_reach  largest offset of one tile's words [output LSB]
/// @param largest_code  that a tile takes as an input
Scales choose_scales(const config::Network& network, const Program& program, const Plan& plan,
                     const Ranges& ranges, double offset_reach, int largest_code = 127);

/// Codes around the image that a convolution reads, as near as codes can be to its padding_value:
/// [channels]; empty: zeros.
std::vector<std::int8_t> padding_codes(const Scales& scales, const config::NetworkNode& node);

}  // namespace aimc::network
