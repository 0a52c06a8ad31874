// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aimc::config::detail {

/// Text of a file as it may appear in a message: one line of ASCII, cut when long.
inline std::string printable(std::string_view text)
{
    std::string out;
    for (const char c : text.substr(0, 40)) { out += c >= ' ' && c <= '~' ? c : '?'; }
    return text.size() > 40 ? out + "..." : out;
}

/// Collects problems up to a limit, then a note: a file that is wrong in one line is often wrong in
/// every line.
class ProblemList {
public:
    static constexpr std::size_t max_count = 20;  ///< Choice: a screenful

    bool empty() const { return list_.empty(); }
    bool is_full() const { return list_.size() >= max_count; }
    void add(const std::string& where, const std::string& message)
    {
        if (!is_full()) { list_.push_back({where, message}); }
    }
    /// The problems, with a note when the limit was reached.
    std::vector<Problem> take()
    {
        if (is_full()) {
            list_.push_back(
                {"", "is not checked further after " + std::to_string(max_count) + " problems"});
        }
        return std::move(list_);
    }

private:
    std::vector<Problem> list_;
};

}  // namespace aimc::config::detail
