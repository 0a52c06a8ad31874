// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "session.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace aimc::apps {

/// A line on a terminal that shows how far things are; false once the user wants no more.
class SweepProgress {
public:
    SweepProgress(std::size_t all, const char* what, bool is_quiet)
        : all_(all), what_(what), is_shown_(!is_quiet && ::isatty(2) != 0), started_(Clock::now())
    {
    }
    ~SweepProgress()
    {
        if (has_shown_) { fmt::print(stderr, "\r\033[K"); }
    }
    bool operator()(std::size_t done)
    {
        const auto now = Clock::now();
        if (is_shown_ && now - shown_ >= std::chrono::milliseconds(500)) {
            shown_ = now;
            has_shown_ = true;
            const double rate = static_cast<double>(done) / seconds();
            const std::string left =
                done > 0 ? fmt::format(", {:.0f} s left", static_cast<double>(all_ - done) / rate)
                         : "";
            fmt::print(stderr, "\r{} of {} points {}, {:.1f} points/s{}   ", done, all_, what_,
                       rate, left);
            std::fflush(stderr);
        }
        return !interrupt_requested();
    }
    double seconds() const
    {
        return std::chrono::duration<double>(Clock::now() - started_).count();
    }

private:
    using Clock = std::chrono::steady_clock;

    std::size_t all_;
    const char* what_;
    bool is_shown_, has_shown_ = false;
    Clock::time_point started_, shown_;
};

}  // namespace aimc::apps
