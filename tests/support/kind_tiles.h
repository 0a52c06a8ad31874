// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/digital/digital.h"
#include "aimc/schemes/scheme.h"

#include "support/small_work.h"
#include "support/tiny_tile.h"

/// Tiles of every kind, drawn or with an error of each sort, small enough for thousands of MVMs.
namespace aimc::test {

/// Cycles of the longest read of a tile.
inline int longest_read(const config::TileConfig& c)
{
    switch (c.kind) {
        case config::TileKind::analog: return mvm::n_read_cycles(c, config::n_phases(c.read.mode));
        case config::TileKind::pim: {
            const auto groups = static_cast<int>(schemes::groups(c.pim, c.rows));
            return mvm::n_read_cycles(c, 2 * groups * schemes::slices(c.pim));
        }
        case config::TileKind::digital_cim: break;
    }
    return mvm::n_read_cycles(c, digital::cycles_per_vector(c.digital));
}

/// Any digital tile of the size of `c`.
inline config::TileConfig drawn_digital(config::TileConfig c, Dice& dice)
{
    c.kind = config::TileKind::digital_cim;
    c.digital.signed_inputs = dice.roll(0, 3) > 0;
    c.digital.weight_bits = dice.roll(2, 9);
    c.digital.input_bits = dice.roll(c.digital.signed_inputs ? 2 : 1, 8);
    c.digital.input_bits_per_cycle = 1 << dice.roll(0, 2);
    c.digital.skip_zero_planes = dice.flip();
    c.digital.n_pipeline = dice.roll(0, 3);
    if (dice.flip()) { c.nmpu.branch = config::Branch::single; }
    return c;
}

/// Any PIM tile of the size of `c` with errors of every sort.
inline config::TileConfig drawn_pim(config::TileConfig c, config::Scheme scheme, Dice& dice)
{
    c.kind = config::TileKind::pim;
    c.pim.scheme = scheme;
    c.pim.weight_bits = dice.roll(2, 5);
    c.pim.input_bits = dice.roll(1, 7);
    c.pim.slice_bits = dice.roll(1, c.pim.input_bits);
    c.pim.group_size = dice.roll(1, 3);
    c.pim.bits = dice.roll(2, 8);
    c.pim.gain_sd = 0.1;
    c.pim.offset_sd_lsb = 1.0;
    c.pim.sigma_lsb = 1.0;
    c.pim.n_evaluate = dice.roll(0, 4);
    if (dice.flip()) { c.pim.n_convert = dice.roll(1, 9); }
    c.pim.converters = dice.roll(1, 3);
    if (dice.flip()) { c.nmpu.branch = config::Branch::single; }
    return c;
}

inline config::TileConfig tiny_digital()
{
    config::TileConfig c = tiny_tile();
    c.kind = config::TileKind::digital_cim;
    return c;
}

/// The tiny tile as PIM, two groups of two rows; noise, gains and offsets that show in most codes.
inline config::TileConfig tiny_pim(config::Scheme scheme)
{
    config::TileConfig c = tiny_tile();
    c.kind = config::TileKind::pim;
    c.pim.scheme = scheme;
    c.pim.slice_bits = 2;
    c.pim.group_size = 2;
    c.pim.gain_sd = 0.1;
    c.pim.offset_sd_lsb = 1.0;
    c.pim.sigma_lsb = 1.0;
    return c;
}

}  // namespace aimc::test
