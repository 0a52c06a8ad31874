// SPDX-License-Identifier: Apache-2.0
#include "curve_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

namespace aimc::config::detail {
namespace {

constexpr const char* header = "column,polarity,input,code";

/// A finite number and nothing else, whatever the locale.
bool parse_number(std::string_view text, double& value)
{
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc{} && result.ptr == text.data() + text.size() &&
           std::isfinite(value);
}

/// The curves of a CSV file, by column of the array and polarity.
class CsvReader {
public:
    CsvReader(CurveLimits limits, ProblemList& problems)
        : code_max_((1 << limits.code_bits) - 1), input_max_(limits.input_max), problems_(problems)
    {
    }

    CurveTable read(std::string_view text)
    {
        bool has_header = false;
        std::size_t number = 0;
        while (!text.empty()) {
            const auto end = text.find('\n');
            std::string_view line = text.substr(0, end);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
            ++number;
            if (!line.empty() && line.back() == '\r') { line.remove_suffix(1); }
            if (line.empty() || line.front() == '#' ||
                line.find_first_not_of(" \t") == std::string_view::npos) {
                continue;
            }
            if (problems_.is_full()) { break; }
            if (!has_header) {
                has_header = true;
                if (line == header) { continue; }
                const bool has_mark = line.substr(0, 3) == "\xef\xbb\xbf";
                problems_.add(fmt::format("line {}, column 1", number),
                              fmt::format("is '{}', must be the header {}{}", printable(line),
                                          header, has_mark ? " (without a byte-order mark)" : ""));
                break;  // the columns may be in another order
            }
            read_row(line, number);
        }
        if (number == 0 || !has_header) {
            problems_.add("", fmt::format("has no header, must have {}", header));
        }
        return std::move(curves_);
    }

private:
    void read_row(std::string_view line, std::size_t number)
    {
        std::array<std::string_view, 4> fields;
        std::array<std::size_t, 4> places{};
        std::size_t n = 0;
        for (std::size_t from = 0; from <= line.size(); ++n) {
            const auto comma = std::min(line.find(',', from), line.size());
            if (n < 4) {
                fields[n] = line.substr(from, comma - from);
                places[n] = from + 1;
            }
            from = comma + 1;
        }
        const auto wrong = [&](std::size_t field, const std::string& message) {
            problems_.add(fmt::format("line {}, column {}", number, places[field]), message);
            return false;
        };
        if (n != 4) {
            wrong(0, fmt::format("has {} fields, must have 4: {}", n, header));
            return;
        }

        std::uint32_t column = 0;
        const char* const end = fields[0].data() + fields[0].size();
        const auto result = std::from_chars(fields[0].data(), end, column);
        bool is_good = true;
        if (result.ec != std::errc{} || result.ptr != end) {
            is_good = wrong(0, fmt::format("column is '{}', must be a whole number from 0",
                                           printable(fields[0])));
        }
        const auto name = std::find(polarity_names.begin(), polarity_names.end(), fields[1]);
        if (name == polarity_names.end()) {
            is_good = wrong(
                1, fmt::format("polarity is '{}', must be pos, neg or both", printable(fields[1])));
        }
        CurveRow row{0.0, 0.0, number};
        if (!parse_number(fields[2], row.input) || row.input < 0.0) {
            is_good = wrong(2, fmt::format("input is '{}', must be a finite number of at least 0",
                                           printable(fields[2])));
        } else if (row.input > input_max_) {
            is_good =
                wrong(2, fmt::format("input is '{}', must be at most {}: full_scale_current_uA and "
                                     "full_scale make more than 1 A of it",
                                     printable(fields[2]), input_max_));
        }
        if (!parse_number(fields[3], row.code) || row.code < 0.0 || row.code > code_max_ ||
            std::floor(row.code) != row.code) {
            is_good = wrong(3, fmt::format("code is '{}', must be a whole number 0 to {}",
                                           printable(fields[3]), code_max_));
        }
        if (is_good) {
            row.input += 0.0;  // -0 is 0
            add_row(column, static_cast<Polarity>(name - polarity_names.begin()), row);
        }
    }

    void add_row(std::uint32_t column, Polarity polarity, const CurveRow& row)
    {
        const auto [before, is_new] = lines_[{column, polarity}].emplace(row.input, row.line);
        if (!is_new) {
            problems_.add(line_name(row.line),
                          fmt::format("repeats line {}: column {}, {}, input {}", before->second,
                                      column, polarity_names[polarity], row.input));
            return;
        }
        Curve& curve = curves_[column][polarity];
        if (curve.size() > max_points) { return; }  // said once
        curve.push_back(row);
        if (curve.size() > max_points) {
            problems_.add(line_name(row.line),
                          fmt::format("column {} {} has more than {} points; thin it", column,
                                      polarity_names[polarity], max_points));
        }
    }

    double code_max_;
    double input_max_;
    ProblemList& problems_;
    CurveTable curves_;
    std::map<std::pair<std::uint32_t, Polarity>, std::map<double, std::size_t>> lines_;
};

}  // namespace

std::string line_name(std::size_t line) { return fmt::format("line {}", line); }

CurveTable read_curve_csv(std::string_view text, CurveLimits limits, ProblemList& problems)
{
    return CsvReader(limits, problems).read(text);
}

}  // namespace aimc::config::detail
