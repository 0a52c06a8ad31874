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
    s.standard_error = *s.sd / std::sqrt(n);
    return s;
}

std::optional<Paired> paired(const NetworkJob& job, double age_s)
{
    Paired out;
    std::vector<double> lost;  // [images] how many chips lose it with the NMPU, less how many gain
    for (const NetworkResult& a : job.results) {
        for (const NetworkResult& b : job.results) {
            const bool pair = a.chip == b.chip && a.age_s == age_s && b.age_s == age_s &&
                              a.variant == "ldpu" && b.variant == "nmpu";
            if (!pair || a.run.answers.size() != b.run.answers.size()) { continue; }
            lost.resize(a.run.answers.size(), 0.0);
            std::size_t differing = 0;
            for (std::size_t i = 0; i < lost.size(); ++i) {
                const int ldpu = a.run.answers[i] == job.test.labels[i];
                const int nmpu = b.run.answers[i] == job.test.labels[i];
                differing += a.run.answers[i] != b.run.answers[i];
                lost[i] += ldpu - nmpu;
            }
            out.drop.push_back(a.top1 - b.top1);
            out.differing.push_back(100.0 * static_cast<double>(differing) /
                                    static_cast<double>(lost.size()));
        }
    }
    if (out.drop.empty()) { return std::nullopt; }
    for (double& l : lost) { l *= 100.0 / static_cast<double>(out.drop.size()); }
    out.image_error = statistic(lost).standard_error.value_or(0.0);
    return out;
}

}  // namespace aimc::apps
