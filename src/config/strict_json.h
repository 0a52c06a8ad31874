// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aimc::config::detail {

/// Parses JSON (comments allowed) and keeps what nlohmann::json forgets: repeated keys are
/// problems, a syntax error has line and column [bytes, from 1], nesting ends at `max_depth`.
/// @param file  put before each place when not empty; leave it empty if the error that will be
///              thrown names the file anyway
/// @return a discarded value (is_discarded()) when the text is not JSON; otherwise the document, of
/// a
///         repeated key the first value
nlohmann::json parse_strict(const std::string& text, const std::string& file,
                            std::vector<Problem>& problems);

constexpr std::size_t max_depth = 64;  ///< Choice: far above what any of our files needs

/// `, did you mean "relu"?` when one of `known` is close to `given`, otherwise nothing.
std::string did_you_mean(const std::string& given, const std::vector<std::string>& known);

/// A JSON value as it appears in messages: one line, cut when long.
std::string shown(const nlohmann::json& value);

enum class Need { required, optional };

/// Reads the members of one JSON object and collects what is wrong with them.
///
///   ObjectReader layer(value, "/layers/0", problems);
///   const auto name = layer.text("name", Need::optional);
///   layer.finish();  // every key that nobody asked for is unknown
class ObjectReader {
public:
    ObjectReader(const nlohmann::json& value, std::string path, std::vector<Problem>& problems);

    /// The member, or nullptr; a required member that is missing is a problem.
    const nlohmann::json* member(const std::string& key, Need need);
    /// A string that is not empty.
    std::optional<std::string> text(const std::string& key, Need need);
    std::optional<std::string> choice(const std::string& key,
                                      const std::vector<std::string>& allowed, Need need);
    std::optional<bool> boolean(const std::string& key, Need need);
    std::optional<std::int64_t> whole(const std::string& key, std::int64_t low, std::int64_t high,
                                      Need need);
    std::optional<double> number(const std::string& key, double low, double high, Need need);
    std::optional<double> positive(const std::string& key, Need need);

    std::string path(const std::string& key) const { return path_ + "/" + key; }
    void problem(const std::string& key, const std::string& message);
    void finish();

private:
    const nlohmann::json* object_;  ///< nullptr when the value is not an object (already a problem)
    std::string path_;
    std::vector<Problem>& problems_;
    std::set<std::string> asked_;
};

/// The whole number in `value` if it is one within low .. high.
std::optional<std::int64_t> as_whole(const nlohmann::json& value, std::int64_t low,
                                     std::int64_t high);

}  // namespace aimc::config::detail
