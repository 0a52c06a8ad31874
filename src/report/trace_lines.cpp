// SPDX-License-Identifier: Apache-2.0
#include "trace_lines.h"

#include "aimc/base/error.h"

#include "trace_text.h"

#include <algorithm>

namespace aimc::report::trace_text {

namespace {

constexpr std::string_view word_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_,";

}  // namespace

void TraceLines::fail(const std::string& message) const
{
    throw InputError(file_, std::vector<Problem>{{"line " + std::to_string(number_), message}});
}

bool TraceLines::next()
{
    ++number_;
    line_ = {};
    at_end_ = rest_.empty();
    if (at_end_) { return false; }
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) { fail("is cut: the file does not end with a line feed"); }
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (line_.find('\r') != std::string_view::npos) { fail("ends with CR LF, must be LF alone"); }
    if (line_ == "# incomplete") {
        fail("says that the run was interrupted; only a complete trace can be compared");
    }
    return true;
}

std::string_view TraceLines::after(std::string_view start, const char* example) const
{
    const std::string wanted = "# " + std::string(start) + ' ';
    if (!starts_with(line_, wanted) || line_.size() == wanted.size()) {
        fail((at_end_ ? "is missing, must be \"" : "must be \"") + wanted + example + '"');
    }
    return line_.substr(wanted.size());
}

std::uint64_t TraceLines::number(std::string_view text) const
{
    const auto value = to_unsigned(text);
    if (!value) { fail('"' + std::string(text) + "\" is not a decimal number"); }
    return *value;
}

std::vector<std::string_view> TraceLines::pairs(std::string_view body,
                                                const std::vector<std::string_view>& keys) const
{
    const std::size_t n = keys.size();
    const auto words = split(body);
    std::vector<std::string_view> values;
    for (std::size_t i = 0; i < std::max(n, words.size()); ++i) {
        if (i >= n) { fail('"' + std::string(words[i]) + "\" is one word too many"); }
        const bool is_word = keys[i].back() == '*';
        const std::string key(keys[i].substr(0, keys[i].size() - (is_word ? 1 : 0)));
        if (i >= words.size() || !starts_with(words[i], key + '=')) {
            fail("must have \"" + key + "=\" as its word " + std::to_string(i + 1));
        }
        const std::string_view value = words[i].substr(key.size() + 1);
        if (!is_word) {
            number(value);
        } else if (!only(value, word_letters)) {
            fail(key + " has no valid value");
        }
        values.push_back(value);
    }
    return values;
}

}  // namespace aimc::report::trace_text
