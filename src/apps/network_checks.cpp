// SPDX-License-Identifier: Apache-2.0
// What the command line and the configuration of a tile must be for a network.
#include "aimc/base/error.h"

#include "network_job.h"

#include <fmt/format.h>

#include <charconv>

namespace aimc::apps {
namespace {

network::TilesWish wish_of(const std::string& text)
{
    network::TilesWish wish;
    if (text == "all") { return wish; }
    wish.kind = network::TilesWish::Kind::least;
    if (text == "least") { return wish; }
    const char* const end = text.data() + text.size();
    const auto got = std::from_chars(text.data(), end, wish.count);
    if (got.ec != std::errc{} || got.ptr != end || wish.count == 0) {
        throw ConfigError("--tiles", "is " + text + ", must be all, least or a number of tiles");
    }
    return wish;
}

}  // namespace

void require_possible(const Options& options, const config::LoadedConfig& loaded)
{
    const NetworkOptions& o = options.network;
    const Engine engine = options.engine;
    const bool both = o.wants("ldpu") && o.wants("nmpu");
    if (engine == Engine::cycle &&
        (both || o.chips > 1 || !loaded.tile.ageing.schedule_s.empty())) {
        throw ConfigError("--engine", std::string("cycle simulates one tile design once: give "
                                                  "--variants nmpu or ldpu, one chip, and no "
                                                  "ageing.schedule_s"));
    }
    constexpr std::size_t most = 256;  // Choice: 200 MB of a ResNet-9
    if (o.save_layers && (o.images == 0 || o.images > most)) {
        throw ConfigError("--save", fmt::format("layers keeps every map of every image in memory: "
                                                "give --images 1 to {}",
                                                most));
    }
}

void require_fit_for_networks(const config::LoadedConfig& loaded)
{
    const config::TileConfig& c = loaded.tile;
    std::vector<Problem> problems;
    const auto refuse = [&](bool wrong, const char* key, const char* message) {
        if (wrong) { problems.push_back({key, message}); }
    };
    refuse(c.calibration.method != config::CalibrationMethod::least_squares, "/calibration/method",
           "must be \"least_squares\": a network's layers have scales of their own");
    refuse(!c.calibration.file.empty(), "/calibration/file",
           "is for one tile; a network's tiles are calibrated");
    refuse(!c.chip.empty(), "/tile/chip", "is for one tile; a network's tiles are programmed");
    refuse(!c.workload.file.empty(), "/workload/file",
           "is for one tile; a network brings its own vectors");
    refuse(c.nmpu.out_bits < 8, "/nmpu/out_bits", "must be at least 8: layers hand on int8 codes");
    if (!problems.empty()) { throw ConfigError(loaded.path, problems); }
}

network::Plan plan_of(const Options& options, const config::LoadedConfig& loaded,
                      const config::Network& network, const network::Program& program)
{
    network::TilesWish wish = wish_of(options.network.tiles);
    wish.replicate_rows = options.network.replicate_rows;
    return network::make_plan(network, program, loaded.tile.rows, loaded.tile.cols, wish);
}

}  // namespace aimc::apps
