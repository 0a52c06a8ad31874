// SPDX-License-Identifier: Apache-2.0
// What a network job starts from: its data, the part of it that is wanted, ranges and scales.
#include "aimc/base/error.h"

#include "network_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace aimc::apps {
namespace {

constexpr std::size_t least_calibration_images = 32;

}  // namespace

NetworkJob load_network_job(const Options& options, config::LoadedConfig loaded,
                            const config::Network& network)
{
    const auto& o = options.network;
    NetworkJob job;
    job.loaded = std::move(loaded);
    job.source = config::parse_data_source(o.data, "--data");
    require_possible(options, job.loaded);
    const std::size_t pixels = network.input.size();
    job.test = config::load_test_images(job.source, pixels, network.n_classes(), o.images);
    const std::string file = o.calibration.empty() ? job.source.calibration_file() : o.calibration;
    std::error_code ignored;
    if (std::filesystem::equivalent(file, job.test.file, ignored)) {
        throw ConfigError("--calibration",
                          "names the test images, " + file + "; calibrate with training images");
    }
    job.calibration =
        config::load_calibration_images(job.source, file, pixels, o.calibration_images);
    if (job.calibration.images.rows() < least_calibration_images) {
        throw InputError(file,
                         fmt::format("has {} images, at least {} are needed to calibrate",
                                     job.calibration.images.rows(), least_calibration_images));
    }
    require_other_images(job.calibration, job.test);
    job.all_images = job.test.images.rows();
    job.end_chip = o.chips;
    return job;
}

void keep_part(NetworkJob& job, std::size_t chip, std::size_t from, std::size_t to)
{
    const auto& all = job.test;
    Matrix<std::uint8_t> images(to - from, all.images.cols());
    std::copy_n(all.images.row(from), images.data().size(), images.data().begin());
    const auto labels = all.labels.begin();
    job.test.labels = {labels + static_cast<std::ptrdiff_t>(from),
                       labels + static_cast<std::ptrdiff_t>(to)};
    job.test.images = std::move(images);
    job.first_image = from;
    job.first_chip = chip;
    job.end_chip = chip + 1;
}

void wire_network_job(NetworkJob& job, const Options& options, config::Network network,
                      network::Program program, network::Plan plan)
{
    const auto& tile = job.loaded.tile;
    const auto ranges =
        network::ranges_of(network, program, job.calibration.images, tile.calibration.percentile,
                           options.simd, options.threads);
    const double reach =
        std::ldexp(calibration::offset_reach(tile.nmpu).high, -tile.nmpu.offset_fraction);
    auto scales =
        network::choose_scales(network, program, plan, ranges, reach, config::largest_input(tile));
    job.wiring = std::make_unique<const network::Wiring>(
        network::make_wiring(std::move(network), std::move(program), std::move(plan),
                             std::move(scales), tile.nmpu.residual_fraction));
    job.layers = network::place_layers(*job.wiring);
}

}  // namespace aimc::apps
