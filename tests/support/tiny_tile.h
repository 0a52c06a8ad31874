// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"

namespace aimc::test {

/// The tile of configs/tile/tiny_4x4.json without the reader: 4 x 4, ideal, two lanes of two
/// columns. One count is one weight step times one input step, so y = clip(Wx, -127 .. 127).
/// Start here and change the one thing the test is about.
inline config::TileConfig tiny_tile()
{
    config::TileConfig c;
    c.name = "tiny_4x4";
    c.rows = 4;
    c.cols = 4;
    c.device.g_max_uS = 12.7;  // 127 weight steps of 100 nS
    c.crossbar.g_map = config::GMap::as_given;
    c.crossbar.g_lsb_nS = 100.0;
    c.adc.gain_MHz_per_uA = 50000.0;  // 100 nS x 200 mV = 0.02 uA: 1 count per step and ns
    c.adc.full_scale_uA.reset();
    c.adc.count_bits = 24;
    c.nmpu.lanes = 2;
    c.nmpu.partial_bits = 32;
    c.calibration.method = config::CalibrationMethod::fixed;
    c.workload.mvms = 8;
    return c;
}

}  // namespace aimc::test
