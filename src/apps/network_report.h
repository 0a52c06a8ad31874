// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "network_job.h"

#include <optional>
#include <string>
#include <vector>

namespace aimc::apps {

/// Mean of chips, and how sure it is.
struct Statistic {
    double mean = 0.0;
    std::optional<double> sd, standard_error;  ///< sd / sqrt(n); none with one chip
    std::size_t n = 0;
};
Statistic statistic(const std::vector<double>& values);

/// NMPU against LDPU on the same chips with the same noise, image by image.
struct Paired {
    std::vector<double> drop;       ///< [chips] top-1 of the LDPU less that of the NMPU [points]
    std::vector<double> differing;  ///< [chips] images with another answer [%]
    /// Standard error of the mean drop as an estimate for other images: every chip sees the same
    /// ones, so an image counts once, with its mean over the chips.  [points]
    double image_error = 0.0;
};
/// At one age; none when one of the two was not run.
std::optional<Paired> paired(const NetworkJob& job, double age_s);

std::string network_report_text(const NetworkJob& job);
std::string network_report_json(const NetworkJob& job, const Options& options);
/// Names a network by its weights: SHA-256.
std::string digest_of(const config::Network& network);
/// Confusion matrices of the first chip at the first age: row is the label, column the answer.
std::string confusion_json(const NetworkJob& job);
/// All affine words and shifts of a result (aimc-network-words/1): with them and the images a third
/// party recomputes every score.
std::string words_json(const NetworkJob& job, const NetworkResult& result);

}  // namespace aimc::apps
