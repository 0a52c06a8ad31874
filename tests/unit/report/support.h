// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/tile_config.h"
#include "aimc/mvm/post.h"
#include "aimc/mvm/record.h"
#include "aimc/report/trace.h"

#include <cstdint>
#include <string>
#include <vector>

/// A tile of two rows and two columns whose every number fits on one line. y = c+ - c- / 2 + 3.5 in
/// column 0, c+ - c- - 0.5 in column 1.
namespace aimc::report {

inline config::TileConfig two_by_two()
{
    config::TileConfig config;
    config.name = "two_by_two";
    config.rows = 2;
    config.cols = 2;
    config.nmpu.lanes = 1;
    return config;
}

inline mvm::PostWords two_by_two_words()
{
    mvm::PostWords words;
    words.nmpu = {{128, 64, 7, 0}, {128, 128, -1, 0}};
    return words;
}

inline TraceHeader two_by_two_header()
{
    TraceHeader header;
    header.config = "tiny.json";
    header.mvms = 2;
    header.device_seed = 1;
    header.read_seed = 2;
    header.config_sha256 = std::string(64, 'a');
    return header;
}

/// Two vectors, back to back: the second read starts when the counts of the first are valid.
inline std::vector<mvm::MvmRecord> two_records()
{
    return {{0, {0, 0, 133, 133, 138, 138}, {{1, -127}, {100, 1}, {30, 4}, {88, -4}, {354, -14}}},
            {1,
             {133, 133, 266, 266, 271, 280},
             {{127, 0}, {4095, 0}, {0, 4095}, {127, -127}, {16394, -16382}}}};
}

}  // namespace aimc::report
