// SPDX-License-Identifier: Apache-2.0
#include "compare_options.h"

#include "network_options.h"

#include <CLI/CLI.hpp>

namespace aimc::apps {

void add_compare_options(CLI::App& app, CompareOptions& c, NetworkOptions& n)
{
    app.add_option("CONFIG", c.configs, "configurations of tiles, JSON: at least two")
        ->required()
        ->expected(2, 1000);
    auto* network = app.add_option("--network", c.network,
                                   "compare on a trained network instead, JSON (aimc-network/1)");
    auto* data =
        app.add_option("--data", n.data, "test images: cifar10:PATH, cifar100:PATH or npy:FOLDER")
            ->needs(network);
    network->needs(data);
    app.add_option("--calibration", n.calibration,
                   "file of training images in the same format (default: beside the data)")
        ->needs(network);
    app.add_option("--images", n.images, "test images to run (default: all)")
        ->check(CLI::Range(1, 100000000))
        ->needs(network);
}

}  // namespace aimc::apps
