// SPDX-License-Identifier: Apache-2.0
#include "network_report.h"

#include <cmath>

namespace aimc::apps {

Statistic statistic(const std::vector<double>& values)
{
    Statistic s;
    s.n = values.size();
    const auto n = static_cast<double>(s.n);
    for (const double v : values) { s.mean += v / n; }
    if (s.n < 2) { return s; }
    double squares = 0.0;
    for (const double v : values) { squares += (v - s.mean) * (v - s.mean); }
    s.sd = std::sqrt(squares / (n - 1.0));
    s.standard_error = s.sd / std::sqrt(n);
    return s;
}

std::optional<Paired> paired(const NetworkJob& job, double age_s)
{
    Paired out;
    double sum = 0.0;
    double squares = 0.0;
    double n = 0.0;
    for (const NetworkResult& a : job.results) {
        for (const NetworkResult& b : job.results) {
            const bool pair = a.chip == b.chip && a.age_s == age_s && b.age_s == age_s &&
                              a.variant == "ldpu" && b.variant == "nmpu";
            if (!pair || a.run.answers.size() != b.run.answers.size()) { continue; }
            std::size_t differing = 0;
            for (std::size_t i = 0; i < a.run.answers.size(); ++i) {
                const int ldpu = a.run.answers[i] == job.test.labels[i];
                const int nmpu = b.run.answers[i] == job.test.labels[i];
                differing += a.run.answers[i] != b.run.answers[i];
                sum += ldpu - nmpu;
                squares += (ldpu - nmpu) * (ldpu - nmpu);
                n += 1.0;
            }
            out.drop.push_back(a.top1 - b.top1);
            out.differing.push_back(100.0 * static_cast<double>(differing) /
                                    static_cast<double>(a.run.answers.size()));
        }
    }
    if (out.drop.empty() || n < 1.0) { return std::nullopt; }
    const double mean = sum / n;
    out.image_error = 100.0 * std::sqrt((squares / n - mean * mean) / n);
    return out;
}

}  // namespace aimc::apps
