// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/base/error.h"
#include "aimc/base/files.h"
#include "aimc/ldpu/binary16.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <string>

namespace aimc::calibration {

using Json = nlohmann::ordered_json;

/// Reads JSON fields of one file with messages that name the place.
class Fields {
public:
    explicit Fields(const std::string& path) : path_(path)
    {
        try {
            json_ = Json::parse(read_file(path));
        } catch (const Json::exception& e) {
            throw InputError(path, std::string("is not JSON: ") + e.what());
        }
        require(json_.is_object(), "", "must be a JSON object");
    }
    const Json& json() const { return json_; }
    void require(bool good, const std::string& where, const std::string& message) const
    {
        if (!good) { throw InputError(path_, std::vector<Problem>{{where, message}}); }
    }
    const Json& at(const Json& in, const std::string& key, const std::string& where) const
    {
        require(in.is_object() && in.contains(key), where + "/" + key, "is missing");
        return in.at(key);
    }
    std::int32_t whole(const Json& v, const std::string& where, std::int64_t low,
                       std::int64_t high) const
    {
        const std::string allowed =
            "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high);
        // from 2^63 on get<int64_t> would give a negative number, which an offset may be
        const bool wraps = v.is_number_unsigned() && v.get<std::uint64_t>() >> 63U != 0;
        require(v.is_number_integer() && !wraps, where, allowed);
        const auto value = v.get<std::int64_t>();
        require(value >= low && value <= high, where,
                "is " + std::to_string(value) + ", " + allowed);
        return static_cast<std::int32_t>(value);
    }
    double positive(const Json& v, const std::string& where) const
    {
        require(v.is_number() && v.get<double>() > 0.0, where, "must be a number above 0");
        return v.get<double>();
    }
    ldpu::Binary16 half(const Json& v, const std::string& where) const
    {
        ldpu::Binary16 h;
        const std::string text = v.is_string() ? v.get<std::string>() : "";
        const auto end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data(), end, h.bits, 16);
        require(text.size() == 4 && parsed.ptr == end, where, "must be four hex digits");
        return h;
    }

private:
    std::string path_;
    Json json_;
};

}  // namespace aimc::calibration
