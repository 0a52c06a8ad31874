// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace aimc::config {

/// Images as bytes, and what they show.
struct ImageData {
    std::string file;                  ///< that they came from
    Matrix<std::uint8_t> images;       ///< [n x pixels] in the order channel, row, column
    std::vector<std::uint8_t> labels;  ///< [n]; empty: not given
};

/// A data set as the command line names it: KIND:PATH.
///
///   cifar10:PATH   records of 1 label byte and 3,072 pixel bytes; PATH is a file, or a folder with
///                  test_batch.bin
///   cifar100:PATH  records of coarse and fine label (the fine one counts) and 3,072 pixel bytes;
///                  a file, or a folder with test.bin
///   npy:FOLDER     images.npy uint8 [n x pixels], labels.npy [n], calibration.npy [m x pixels]
///
/// Source: the "binary version" of CIFAR (Krizhevsky 2009).
struct DataSource {
    std::string kind;  ///< cifar10, cifar100 or npy
    std::string path;
    std::string test_file() const;
    /// The training images beside it: calibration_512.bin, data_batch_1.bin or train.bin;
    /// calibration.npy. Throws InputError that says where they should be.
    std::string calibration_file() const;
};

/// Throws ConfigError when the text is not KIND:PATH with a known kind.
/// @param option  the option that it was given to, for messages
DataSource parse_data_source(const std::string& text, const std::string& option);

/// The first images of a file. Throws InputError: not there, truncated, pixels that do not fit the
/// network, a label out of range.
/// @param n_pixels   of one image of the network
/// @param n_classes  labels are below it
/// @param most       images at most; 0: all
ImageData load_test_images(const DataSource& source, std::size_t n_pixels, std::size_t n_classes,
                           std::size_t most);
/// @param file  of training images, in the source's format (npy: images alone)
ImageData load_calibration_images(const DataSource& source, const std::string& file,
                                  std::size_t n_pixels, std::size_t most);

}  // namespace aimc::config
