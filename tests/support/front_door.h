// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/device/array_state.h"
#include "aimc/mvm/post.h"
#include "aimc/tile/register_map.h"

#include <cstdint>
#include <cstring>
#include <vector>

namespace aimc::test {

/// What driver software would do with a tile. Written from the register map, not from the host of
/// the testbench, so that the two check each other.
/// @tparam Port  has read(address, n) and write(address, words)
template <class Port>
class FrontDoor {
public:
    struct Output {
        std::vector<std::int32_t> y;
        std::vector<std::int32_t> partial;
    };

    FrontDoor(Port& port, const config::TileConfig& config) : port_(port), config_(config) {}

    void program(const device::CellTargets& targets)
    {
        const auto& codes = targets.codes.data();
        port_.write(offset(tile::Register::weight_full_scale),
                    {static_cast<std::uint32_t>(targets.full_scale)});
        std::vector<std::uint32_t> words((codes.size() + 1) / 2);
        std::memcpy(words.data(), codes.data(), 2 * codes.size());
        port_.write(offset(tile::Region::weights), words);
    }
    std::vector<std::int16_t> read_codes()
    {
        std::vector<std::int16_t> codes(config_.rows * config_.cols);
        const auto words = port_.read(offset(tile::Region::weights), (codes.size() + 1) / 2);
        std::memcpy(codes.data(), words.data(), 2 * codes.size());
        return codes;
    }
    /// Words of both post units; the tile uses its own.
    void load(const mvm::PostWords& words)
    {
        namespace f = tile::fields;
        for (std::size_t c = 0; c < config_.cols; ++c) {
            const auto& n = words.nmpu[c];
            const auto& l = words.ldpu[c];
            port_.write(offset(tile::Region::affine) + tile::affine_stride * c,
                        {half(n.s_p) | half(n.s_n) << 16U, half(n.o_p) | half(n.o_n) << 16U});
            port_.write(offset(tile::Region::affine) + tile::affine_stride * c + 16,
                        {half(l.scale_p.bits) | half(l.scale_n.bits) << 16U,
                         half(l.offset.bits) | half(l.gamma.bits) << 16U, half(l.beta.bits)});
        }
        port_.write(offset(tile::Register::mode),
                    {put(f::mode_activation, static_cast<std::uint32_t>(words.activation)) |
                     put(f::mode_scale_exponent, static_cast<std::uint32_t>(words.scale_exponent)) |
                     put(f::mode_residual_in, words.residual_in ? 1 : 0) |
                     put(f::mode_partial_out, words.partial_out ? 1 : 0)});
    }
    /// @param residual  [cols] or nullptr
    void send(const std::int8_t* x, const std::int16_t* residual = nullptr)
    {
        if (residual != nullptr) {
            std::vector<std::uint32_t> pairs((config_.cols + 1) / 2);
            std::memcpy(pairs.data(), residual, 2 * config_.cols);
            port_.write(offset(tile::Region::residual_bank), pairs);
        }
        std::vector<std::uint32_t> words((config_.rows + 3) / 4);
        std::memcpy(words.data(), x, config_.rows);
        port_.write(offset(tile::Region::input_bank), words);
        port_.write(offset(tile::Register::input_doorbell), {1});
    }
    Output fetch()
    {
        port_.write(offset(tile::Register::output_doorbell), {1});
        return {column_words(tile::Region::output_bank), column_words(tile::Region::partial_bank)};
    }
    std::vector<std::uint64_t> counters()
    {
        const auto words = port_.read(offset(tile::Register::counters), 2 * tile::n_counters);
        std::vector<std::uint64_t> values(tile::n_counters);
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = words[2 * i] | std::uint64_t{words[2 * i + 1]} << 32U;
        }
        return values;
    }

private:
    static std::uint32_t half(int value) { return static_cast<std::uint16_t>(value); }
    std::vector<std::int32_t> column_words(tile::Region region)
    {
        const auto words = port_.read(offset(region), config_.cols);
        return {words.begin(), words.end()};
    }

    Port& port_;
    const config::TileConfig& config_;
};

}  // namespace aimc::test
