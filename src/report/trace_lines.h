// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aimc::report::trace_text {

/// Walks through a trace line by line; every complaint is an InputError that names the line.
/// The text must outlive the walk.
class TraceLines {
public:
    TraceLines(std::string_view text, std::string file) : rest_(text), file_(std::move(file)) {}

    /// To the next line. False at the end of the file, where `line()` is empty.
    bool next();
    std::string_view line() const { return line_; }
    std::size_t line_number() const { return number_; }  ///< 1-based
    bool at_end() const { return at_end_; }

    [[noreturn]] void fail(const std::string& message) const;
    /// The line must be `# start ...`; returns what follows. @param example  for the message
    std::string_view after(std::string_view start, const char* example) const;
    std::uint64_t number(std::string_view text) const;
    /// Values of `key=value` words in exactly this order. A star after a key marks a word, the
    /// others are decimal.
    std::vector<std::string_view> pairs(std::string_view body,
                                        const std::vector<std::string_view>& keys) const;

private:
    std::string_view rest_;
    std::string file_;
    std::string_view line_;
    std::size_t number_ = 0;
    bool at_end_ = false;
};

}  // namespace aimc::report::trace_text
