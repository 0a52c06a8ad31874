// SPDX-License-Identifier: Apache-2.0
#include "strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <list>
#include <numeric>
#include <utility>

namespace aimc::config::detail {
namespace {

using nlohmann::json;

std::string cut(const std::string& text, std::size_t length)
{
    return text.size() <= length ? text : text.substr(0, length) + "...";
}

std::string escaped(const std::string& key)  // as in a JSON pointer (RFC 6901)
{
    std::string out;
    for (const char c : key) { out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c); }
    return out;
}

/// Builds the document itself, because nlohmann's own builder lets the last of two keys win.
class Builder final : public nlohmann::json_sax<json> {
public:
    Builder(const std::string& text, std::string file, std::vector<Problem>& problems)
        : text_(text), file_(std::move(file)), problems_(problems)
    {
    }
    json take() { return std::move(root_); }

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(value); }
    bool binary(binary_t&) override { return false; }  // does not occur in text
    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override
    {
        names_.back() = name;
        json& object = *open_.back();
        const bool repeated = object.contains(name);
        if (repeated) { add(path(), "is given twice; keep one"); }
        // A value of its own: what hangs below a repeated key is parsed, then forgotten.
        next_ = repeated ? &forgotten_.emplace_back() : &object[name];
        return true;
    }

    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) override
    {
        // A whole string or number is named by its start. Of anything else the parser's token may
        // hold the text before it too, so the last byte it read is the place.
        const bool is_string = token.size() > 1 && token.front() == '"' && token.back() == '"';
        const bool is_number = token.find_first_not_of("0123456789+-.eE") == std::string::npos;
        const bool is_whole = !token.empty() && (is_string || is_number) &&
                              position >= token.size() && position <= text_.size() &&
                              text_.compare(position - token.size(), token.size(), token) == 0;
        const std::size_t length = is_whole ? token.size() : 1;
        const std::size_t at = position - std::min(position, length);
        std::string why = error.what();
        const auto prefix = why.find("] ");
        if (prefix != std::string::npos) { why.erase(0, prefix + 2); }
        const auto place = why.find(": ");
        if (why.rfind("parse error", 0) == 0 && place != std::string::npos) {
            why.erase(0, place + 2);
        }
        for (char& c : why) {
            c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
        }  // may be binary
        refuse(at, why);
        return false;
    }

    /// @param at  [bytes] from the start of the text
    void refuse(std::size_t at, const std::string& why)
    {
        const std::string before = text_.substr(0, std::min(at, text_.size()));
        const auto line = 1 + std::count(before.begin(), before.end(), '\n');
        const auto column = before.size() - (before.find_last_of('\n') + 1) + 1;  // npos + 1 is 0
        add(fmt::format("line {}, column {}", line, column), "is not JSON: " + cut(why, 200));
    }

private:
    void add(const std::string& where, const std::string& message)
    {
        problems_.push_back({file_.empty() ? where : file_ + " " + where, message});
    }
    std::string path() const
    {
        std::string out;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            out += "/" + (open_[i]->is_array() ? std::to_string(open_[i]->size() - 1)
                                               : escaped(names_[i]));
        }
        return out;
    }
    json* slot()
    {
        if (open_.empty()) { return &root_; }
        if (open_.back()->is_array()) {
            open_.back()->push_back(nullptr);
            return &open_.back()->back();
        }
        return next_;
    }
    bool put(json value)
    {
        *slot() = std::move(value);
        return true;
    }
    bool open(json value)
    {
        json* const place = slot();
        *place = std::move(value);
        if (open_.size() == max_depth) {
            add(cut(path(), 100), fmt::format("is nested deeper than {} levels", max_depth));
            return false;
        }
        open_.push_back(place);
        names_.emplace_back();
        return true;
    }
    bool close()
    {
        open_.pop_back();
        names_.pop_back();
        return true;
    }

    const std::string& text_;
    std::string file_;
    std::vector<Problem>& problems_;
    json root_;
    std::list<json> forgotten_;
    std::vector<json*> open_;         ///< the containers around the current value
    std::vector<std::string> names_;  ///< per container the key being read
    json* next_ = nullptr;            ///< where the value of the last key goes
};

std::size_t edit_distance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string listed(const std::vector<std::string>& words)
{
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        out += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + ('"' + words[i] + '"');
    }
    return out;
}

}  // namespace

json parse_strict(const std::string& text, const std::string& file, std::vector<Problem>& problems)
{
    Builder builder(text, file, problems);
    const auto zero = text.find('\0');
    if (zero != std::string::npos) {  // the parser takes it for the end and leaves the rest unread
        builder.refuse(zero, "a zero byte");
        return json(json::value_t::discarded);
    }
    const bool parsed = json::sax_parse(text, &builder, json::input_format_t::json, true, true);
    return parsed ? builder.take() : json(json::value_t::discarded);
}

std::string did_you_mean(const std::string& given, const std::vector<std::string>& known)
{
    if (given.size() > 100) { return ""; }
    std::size_t best = std::max<std::size_t>(2, given.size() / 3) + 1;
    std::string nearest;
    for (const auto& word : known) {
        const std::size_t distance = edit_distance(given, word);
        if (distance < best && distance < word.size()) {
            best = distance;
            nearest = word;
        }
    }
    return nearest.empty() ? "" : fmt::format(", did you mean \"{}\"?", nearest);
}

std::string shown(const json& value) { return cut(value.dump(-1, ' ', true), 60); }

std::optional<std::int64_t> as_whole(const json& value, std::int64_t low, std::int64_t high)
{
    constexpr auto top = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value.is_number_integer()) { return std::nullopt; }
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > top) { return std::nullopt; }
    const auto number = value.get<std::int64_t>();
    if (number < low || number > high) { return std::nullopt; }
    return number;
}

ObjectReader::ObjectReader(const json& value, std::string path, std::vector<Problem>& problems)
    : object_(value.is_object() ? &value : nullptr), path_(std::move(path)), problems_(problems)
{
    if (object_ == nullptr) {
        problems_.push_back({path_, fmt::format("is {}, must be an object", shown(value))});
    }
}

void ObjectReader::problem(const std::string& key, const std::string& message)
{
    problems_.push_back({path(key), message});
}

const json* ObjectReader::member(const std::string& key, Need need)
{
    asked_.insert(key);
    if (object_ == nullptr) { return nullptr; }
    const auto found = object_->find(key);
    if (found != object_->end()) { return &*found; }
    if (need == Need::required) { problem(key, "is missing"); }
    return nullptr;
}

std::optional<std::string> ObjectReader::text(const std::string& key, Need need)
{
    const json* const value = member(key, need);
    if (value == nullptr) { return std::nullopt; }
    if (value->is_string() && !value->get_ref<const std::string&>().empty()) {
        return value->get<std::string>();
    }
    problem(key, fmt::format("is {}, must be a text that is not empty", shown(*value)));
    return std::nullopt;
}

std::optional<std::string> ObjectReader::choice(const std::string& key,
                                                const std::vector<std::string>& allowed, Need need)
{
    const json* const value = member(key, need);
    if (value == nullptr) { return std::nullopt; }
    const std::string given = value->is_string() ? value->get<std::string>() : "";
    if (std::find(allowed.begin(), allowed.end(), given) != allowed.end()) { return given; }
    problem(key, fmt::format("is {}, must be {}{}", shown(*value), listed(allowed),
                             allowed.size() > 1 ? did_you_mean(given, allowed) : ""));
    return std::nullopt;
}

std::optional<bool> ObjectReader::boolean(const std::string& key, Need need)
{
    const json* const value = member(key, need);
    if (value == nullptr) { return std::nullopt; }
    if (value->is_boolean()) { return value->get<bool>(); }
    problem(key, fmt::format("is {}, must be true or false", shown(*value)));
    return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::whole(const std::string& key, std::int64_t low,
                                                std::int64_t high, Need need)
{
    const json* const value = member(key, need);
    if (value == nullptr) { return std::nullopt; }
    const auto number = as_whole(*value, low, high);
    if (!number) {
        problem(key,
                fmt::format("is {}, must be a whole number {} to {}", shown(*value), low, high));
    }
    return number;
}

std::optional<double> ObjectReader::number(const std::string& key, double low, double high,
                                           Need need)
{
    const json* const value = member(key, need);
    if (value == nullptr) { return std::nullopt; }
    const double number = value->is_number() ? value->get<double>() : low - 1.0;
    if (number >= low && number <= high) { return number; }
    problem(key, fmt::format("is {}, must be a number {} to {}", shown(*value), low, high));
    return std::nullopt;
}

std::optional<double> ObjectReader::positive(const std::string& key, Need need)
{
    const json* const value = member(key, need);
    if (value == nullptr) { return std::nullopt; }
    const double number = value->is_number() ? value->get<double>() : 0.0;
    if (number > 0.0 && std::isfinite(number)) { return number; }
    problem(key, fmt::format("is {}, must be a number above 0", shown(*value)));
    return std::nullopt;
}

void ObjectReader::finish()
{
    if (object_ == nullptr) { return; }
    const std::vector<std::string> known(asked_.begin(), asked_.end());
    for (const auto& [key, value] : object_->items()) {
        if (asked_.count(key) == 0) {
            problems_.push_back(
                {path(cut(escaped(key), 100)), "is not a known key" + did_you_mean(key, known)});
        }
    }
}

}  // namespace aimc::config::detail
