// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/image_data.h"

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/config/npy.h"

#include "code_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace aimc::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t cifar_pixels = 3072;

std::size_t label_bytes(const DataSource& source) { return source.kind == "cifar100" ? 2 : 1; }

/// Whole records of a CIFAR file, as many as are wanted.
ImageData read_cifar(const DataSource& source, const std::string& file, std::size_t most)
{
    const std::size_t before = label_bytes(source);
    const std::size_t record = before + cifar_pixels;
    const std::string bytes = read_file(file);
    if (bytes.empty() || bytes.size() % record != 0) {
        throw InputError(file, fmt::format("has {} bytes, not a whole number of {}-byte records "
                                           "({} label, {} pixels){}",
                                           bytes.size(), record, before, cifar_pixels,
                                           bytes.size() > record ? ": is it cut short?" : ""));
    }
    const std::size_t all = bytes.size() / record;
    const std::size_t n = most == 0 ? all : std::min(most, all);
    ImageData out;
    out.file = file;
    out.images = Matrix<std::uint8_t>(n, cifar_pixels);
    for (std::size_t k = 0; k < n; ++k) {
        const auto* const at = reinterpret_cast<const std::uint8_t*>(bytes.data()) + k * record;
        out.labels.push_back(at[before - 1]);
        std::copy(at + before, at + record, out.images.row(k));
    }
    return out;
}

Matrix<std::uint8_t> read_npy(const std::string& file, std::size_t most)
{
    auto all = load_npy<std::uint8_t>(file);
    if (most == 0 || most >= all.rows()) { return all; }
    Matrix<std::uint8_t> first(most, all.cols());
    std::copy(all.data().begin(),
              all.data().begin() + static_cast<std::ptrdiff_t>(first.data().size()),
              first.data().begin());
    return first;
}

void require_pixels(const ImageData& data, std::size_t n_pixels)
{
    if (data.images.cols() == n_pixels) { return; }
    throw InputError(data.file, fmt::format("has images of {} bytes, the network reads {}",
                                            data.images.cols(), n_pixels));
}

}  // namespace

std::string DataSource::test_file() const
{
    if (kind == "npy") { return path + "/images.npy"; }
    const char* const name = kind == "cifar10" ? "test_batch.bin" : "test.bin";
    return fs::is_directory(path) ? path + "/" + name : path;
}

std::string DataSource::calibration_file() const
{
    if (kind == "npy") { return path + "/calibration.npy"; }
    const fs::path folder = fs::is_directory(path) ? fs::path(path) : fs::path(path).parent_path();
    const char* const training = kind == "cifar10" ? "data_batch_1.bin" : "train.bin";
    for (const char* name : {"calibration_512.bin", training}) {
        if (fs::exists(folder / name)) { return (folder / name).string(); }
    }
    throw InputError(folder.empty() ? "." : folder.string(),
                     fmt::format("has no training images to calibrate with: put "
                                 "calibration_512.bin or {} there, or name a file with "
                                 "--calibration",
                                 training));
}

DataSource parse_data_source(const std::string& text, const std::string& option)
{
    const auto colon = text.find(':');
    DataSource source;
    if (colon != std::string::npos) {
        source.kind = text.substr(0, colon);
        source.path = text.substr(colon + 1);
    }
    const bool known =
        source.kind == "cifar10" || source.kind == "cifar100" || source.kind == "npy";
    if (!known || source.path.empty()) {
        throw ConfigError(option,
                          "is " + text + ", must be cifar10:PATH, cifar100:PATH or npy:FOLDER");
    }
    return source;
}

ImageData load_test_images(const DataSource& source, std::size_t n_pixels, std::size_t n_classes,
                           std::size_t most)
{
    const std::string file = source.test_file();
    ImageData data;
    if (source.kind == "npy") {
        data.file = file;
        data.images = read_npy(file, most);
        const std::string labels = source.path + "/labels.npy";
        data.labels = detail::load_labels(labels);
        if (data.labels.size() < data.images.rows()) {
            throw InputError(labels, fmt::format("has {} labels for {} images", data.labels.size(),
                                                 data.images.rows()));
        }
        data.labels.resize(data.images.rows());
    } else {
        data = read_cifar(source, file, most);
    }
    require_pixels(data, n_pixels);
    for (std::size_t k = 0; k < data.labels.size(); ++k) {
        if (data.labels[k] < n_classes) { continue; }
        throw InputError(file, fmt::format("has label {} at image {}; the network has {} classes, "
                                           "labels are 0 to {}",
                                           data.labels[k], k, n_classes, n_classes - 1));
    }
    return data;
}

ImageData load_calibration_images(const DataSource& source, const std::string& file,
                                  std::size_t n_pixels, std::size_t most)
{
    ImageData data;
    if (source.kind == "npy") {
        data.file = file;
        data.images = read_npy(file, most);
    } else {
        data = read_cifar(source, file, most);
    }
    require_pixels(data, n_pixels);
    return data;
}

}  // namespace aimc::config
