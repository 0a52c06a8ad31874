// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/load.h"
#include "aimc/network/run.h"

#include "options.h"

#include <memory>
#include <string>
#include <vector>

namespace aimc::apps {

/// A map of every image: what a step of the network gave. [images x (channel, row, column)]
struct SavedMap {
    std::string name;
    Matrix<std::int32_t> values;
};

/// What one variant gave on one chip at one age.
struct NetworkResult {
    std::string variant;  ///< ldpu or nmpu
    std::size_t chip = 0;
    double age_s = 0.0;
    std::string upkeep;  ///< what was done about drift: calibrated, none, global, per_column
    double top1 = 0.0;   ///< [%]
    network::NetworkRun run;
    std::vector<network::LayerWords> words;
    std::vector<double> ratios;       ///< [tiles] current ratio of the ADCs
    std::uint64_t words_clipped = 0;  ///< by a compensation
    double wall_s = 0.0;              ///< running the images
    std::vector<SavedMap> maps;       ///< if they are to be saved
};

/// Everything that `sim network` finds out, and what it needs to know for that.
struct NetworkJob {
    config::LoadedConfig loaded;
    config::DataSource source;
    config::ImageData test, calibration;
    std::size_t first_chip = 0, end_chip = 0;  ///< those to run
    std::size_t first_image = 0;               ///< number of test image 0 in the whole set
    std::size_t all_images = 0;                ///< of the whole set, of which `test` may be a part
    std::unique_ptr<const network::Wiring> wiring;  ///< tiles refer to it
    std::vector<network::PlacedLayer> layers;
    std::vector<std::uint8_t> float_answers;
    double float_top1 = -1.0;  ///< [%] negative: not asked for
    double float_wall_s = 0.0;
    std::vector<NetworkResult> results;  ///< chip by chip, age by age, variant by variant
    bool complete = true;
};

/// Cuts the network for the tiles that the command line asks for.
network::Plan plan_of(const Options& options, const config::LoadedConfig& loaded,
                      const config::Network& network, const network::Program& program);
/// Refuses what a configuration of one tile may say and a network cannot do.
void require_fit_for_networks(const config::LoadedConfig& loaded);
/// Refuses a network with layers that read negative values, on a tile whose inputs have no sign.
/// @param file  of the network
void require_signs(const config::LoadedConfig& loaded, const std::string& file,
                   const config::Network& network);

/// Refuses combinations of options that cannot be had.
void require_possible(const Options& options, const config::LoadedConfig& loaded);

/// Refuses calibration images of which most are test images.
void require_other_images(const config::ImageData& calibration, const config::ImageData& test);

/// Reads and checks the data.
NetworkJob load_network_job(const Options& options, config::LoadedConfig loaded,
                            const config::Network& network);

/// Leaves only a part of the work: images `from` up to `to` on one chip.
void keep_part(NetworkJob& job, std::size_t chip, std::size_t from, std::size_t to);

/// Finds the ranges of all maps and with them the scales.
void wire_network_job(NetworkJob& job, const Options& options, config::Network network,
                      network::Program program, network::Plan plan);

/// Runs float and tiles; float goes with the first chip. Ends early when interrupted.
void run_network_job(NetworkJob& job, const Options& options);

/// The configuration of a chip of the series: the k-th device and read seed from the given ones.
config::TileConfig config_of_chip(const config::TileConfig& tile, std::size_t chip);

}  // namespace aimc::apps
