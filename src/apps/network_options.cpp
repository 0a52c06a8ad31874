// SPDX-License-Identifier: Apache-2.0
#include "network_options.h"

#include <CLI/CLI.hpp>

namespace aimc::apps {

void add_network_options(CLI::App& app, NetworkOptions& n)
{
    app.add_option("--tile", n.tile, "configuration of every tile, JSON")->required();
    app.add_option("--data", n.data, "test images: cifar10:PATH, cifar100:PATH or npy:FOLDER");
    app.add_option("--calibration", n.calibration,
                   "file of training images in the same format (default: beside the data)");
    app.add_option("--calibration-images", n.calibration_images, "how many of them (default 256)")
        ->check(CLI::Range(32, 65536));
    app.add_option("--images", n.images, "test images to run (default: all)")
        ->check(CLI::Range(1, 100000000));
    app.add_option("--chips", n.chips, "chips, each with seeds one higher (default 1)")
        ->check(CLI::Range(1, 10000));
    app.add_option("--variants", n.variants, "of float, ldpu, nmpu (comma separated; default all)")
        ->delimiter(',')
        ->check(CLI::IsMember({"float", "ldpu", "nmpu"}));
    app.add_option("--tiles", n.tiles,
                   "all: a tile per block, in a pipeline; least; or a number to share");
    app.add_flag("--replicate-rows", n.replicate_rows,
                 "layers of small fan-in repeat their rows as often as a tile has room");
    app.add_option("--replicate-over", n.replicate_over,
                   "row tiles that these copies may take (default 1)")
        ->check(CLI::Range(1, 64))
        ->needs("--replicate-rows");
    app.add_flag("--plan", n.plan_only, "print how layers are cut, and end");
}

bool save(const std::string& what, NetworkOptions& n)
{
    bool* const wanted = what == "scores"   ? &n.save_scores
                         : what == "layers" ? &n.save_layers
                         : what == "words"  ? &n.save_words
                                            : nullptr;
    if (wanted != nullptr) { *wanted = true; }
    return wanted != nullptr;
}

}  // namespace aimc::apps
