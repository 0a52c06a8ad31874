// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace aimc::test {

/// One case of a program in scripts/oracle: key=value pairs separated by spaces. A key that is
/// missing or a value that is no number throws, and so fails the test.
class OracleCase {
public:
    explicit OracleCase(const std::string& line)
    {
        std::istringstream fields(line);
        for (std::string pair; fields >> pair;) {
            const std::size_t at = pair.find('=');
            if (at == std::string::npos) { throw std::runtime_error("no key=value: " + pair); }
            values_[pair.substr(0, at)] = pair.substr(at + 1);
        }
    }

    const std::string& text(const std::string& key) const
    {
        const auto found = values_.find(key);
        if (found == values_.end()) { throw std::runtime_error("the case has no " + key); }
        return found->second;
    }
    std::int64_t number(const std::string& key, int base = 10) const
    {
        return parse(text(key), base);
    }
    int small(const std::string& key) const { return static_cast<int>(number(key)); }
    std::vector<std::uint64_t> list(const std::string& key) const
    {
        std::vector<std::uint64_t> numbers;
        std::istringstream items(text(key));
        for (std::string item; std::getline(items, item, ',');) {
            numbers.push_back(static_cast<std::uint64_t>(parse(item, 10)));
        }
        return numbers;
    }

private:
    static std::int64_t parse(const std::string& text, int base)
    {
        std::size_t used = 0;
        const std::int64_t value = std::stoll(text, &used, base);
        if (used != text.size()) { throw std::runtime_error("not a number: " + text); }
        return value;
    }

    std::map<std::string, std::string> values_;
};

/// The lines of a case file.
inline std::vector<std::string> oracle_lines(const std::string& path)
{
    std::ifstream file(path);
    if (!file) { throw std::runtime_error("cannot read " + path); }
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) { lines.push_back(std::move(line)); }
    return lines;
}

/// The case file that a variable names; empty: none.
inline std::string case_file(const char* variable)
{
    const char* name = std::getenv(variable);
    return name != nullptr ? name : "";
}

/// An oracle that printed less than this has failed, however well the rest agrees.
constexpr std::size_t least_oracle_cases = 1000;

}  // namespace aimc::test
