// SPDX-License-Identifier: Apache-2.0
// What the command line and the configuration of a tile must be for a network.
#include "aimc/base/error.h"
#include "aimc/base/fixed_point.h"
#include "aimc/network/signs.h"

#include "network_job.h"

#include <fmt/format.h>

#include <charconv>
#include <unordered_set>

namespace aimc::apps {
namespace {

constexpr int most_half_bits = 16;             // binary16 ends at 65504
constexpr std::size_t most_tiles = 1U << 16U;  // random numbers know a tile by 16 bits

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
    if (engine == Engine::cycle && loaded.tile.kind == config::TileKind::pim) {
        // the function engine converts the groups of a layer's own rows, a whole tile all groups
        throw ConfigError("--engine",
                          "is cycle, which converts the groups of idle rows as well, "
                          "with their offsets: give function for tile_kind \"pim\"");
    }
    const int count_bits = config::count_bits(loaded.tile);
    if (o.wants("ldpu") && count_bits > most_half_bits) {
        throw ConfigError("--variants",
                          fmt::format("has ldpu, but counts of {} bits pass the end of "
                                      "binary16: give --variants float,nmpu, or at most {} bits",
                                      count_bits, most_half_bits));
    }
    constexpr std::size_t most = 256;  // Choice: 200 MB of a ResNet-9
    if (o.save_layers && (o.images == 0 || o.images > most)) {
        throw ConfigError("--save", fmt::format("layers keeps every map of every image in memory: "
                                                "give --images 1 to {}",
                                                most));
    }
}

void require_other_images(const config::ImageData& calibration, const config::ImageData& test)
{
    const auto bytes_of = [](const config::ImageData& data, std::size_t k) {
        const std::uint8_t* const from = data.images.row(k);
        return std::string(from, from + data.images.cols());
    };
    std::unordered_set<std::string> tested;
    for (std::size_t k = 0; k < test.images.rows(); ++k) { tested.insert(bytes_of(test, k)); }
    std::size_t same = 0;
    for (std::size_t k = 0; k < calibration.images.rows(); ++k) {
        same += tested.count(bytes_of(calibration, k));
    }
    if (2 * same > calibration.images.rows()) {
        throw InputError(calibration.file,
                         fmt::format("has {} of {} images that are test images; calibrate with "
                                     "training images",
                                     same, calibration.images.rows()));
    }
}

void require_fit_for_networks(const config::LoadedConfig& loaded)
{
    const config::TileConfig& c = loaded.tile;
    std::vector<Problem> problems;
    const auto refuse = [&](bool wrong, const char* key, const char* message) {
        if (wrong) { problems.push_back({key, message}); }
    };
    refuse(c.calibration.method == config::CalibrationMethod::fixed, "/calibration/method",
           "must not be \"fixed\": a network's layers have scales of their own");
    const bool offsets_cancel = c.kind == config::TileKind::pim &&
                                c.calibration.vectors == config::CalibrationVectors::random_signed;
    refuse(
        offsets_cancel, "/calibration/vectors",
        "is \"random_signed\", must be \"representative\": a pim tile reads negative inputs in a "
        "pass of their own, which cancels column offsets that activations without a sign keep");
    refuse(!c.calibration.file.empty(), "/calibration/file",
           "is for one tile; a network's tiles are calibrated");
    refuse(!c.chip.empty(), "/tile/chip", "is for one tile; a network's tiles are programmed");
    refuse(!c.workload.file.empty(), "/workload/file",
           "is for one tile; a network brings its own vectors");
    const int largest = config::largest_input(c);
    int least_bits = 2;
    while (signed_max(least_bits) < largest) { ++least_bits; }
    const auto narrow =
        fmt::format("must be at least {}: layers hand on codes of up to {}", least_bits, largest);
    refuse(c.nmpu.out_bits < least_bits, "/nmpu/out_bits", narrow.c_str());
    if (!problems.empty()) { throw ConfigError(loaded.path, problems); }
}

void require_signs(const config::LoadedConfig& loaded, const std::string& file,
                   const config::Network& network)
{
    if (config::takes_negative_inputs(loaded.tile)) { return; }
    if (const auto* const node = network::first_signed_reader(network)) {
        throw InputError(
            file, fmt::format("node \"{}\" reads values that may be negative, but the inputs of "
                              "{} have no sign; set digital.signed_inputs to true, or put a ReLU "
                              "before it",
                              node->name, loaded.path));
    }
}

network::Plan plan_of(const Options& options, const config::LoadedConfig& loaded,
                      const config::Network& network, const network::Program& program)
{
    network::TilesWish wish = wish_of(options.network.tiles);
    if (options.network.replicate_rows) { wish.replicate_over = options.network.replicate_over; }
    auto plan = network::make_plan(network, program, loaded.tile.rows, loaded.tile.cols, wish);
    if (loaded.tile.index + plan.n_tiles > most_tiles) {
        throw ConfigError(
            loaded.path,
            std::vector<Problem>{
                {"/tile/index", fmt::format("is {}, too large: the network's {} tiles are numbered "
                                            "from there, up to {}",
                                            loaded.tile.index, plan.n_tiles, most_tiles - 1)}});
    }
    return plan;
}

}  // namespace aimc::apps
