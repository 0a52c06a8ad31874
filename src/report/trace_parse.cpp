// SPDX-License-Identifier: Apache-2.0
#include "aimc/base/error.h"
#include "aimc/report/trace.h"

#include "trace_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace aimc::report {

namespace {

using namespace trace_text;

constexpr std::string_view first_line = "# aimc-trace/1";
constexpr std::string_view word_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_,";

bool is_signed_decimal(std::string_view text)
{
    const bool minus = starts_with(text, "-");
    const auto value = to_unsigned(text.substr(minus ? 1 : 0));
    return value && !(minus && *value == 0);
}

/// Keys of the format lines, in order. A star marks a word; the others are decimal.
constexpr std::string_view seed_keys[] = {"device", "read"};
constexpr std::string_view width_keys[] = {"x", "count", "y", "partial", "residual"};
constexpr std::string_view nmpu_keys[] = {
    "branch*",     "scale_fraction", "scale_exponent",    "offset_fraction",  "cut",
    "round_bits",  "round_mode*",    "final_round_mode*", "out_bits",         "overflow*",
    "activation*", "relu_clip*",     "residual_fraction", "partial_fraction",
};
constexpr std::string_view ldpu_keys[] = {"order*", "activation*", "out_bits", "relu_clip"};

/// Walks through a trace line by line; every complaint names the line it is about.
class Parser {
public:
    Parser(const std::string& text, const std::string& file) : rest_(text), file_(file) {}
    ParsedTrace parse();

private:
    [[noreturn]] void fail(const std::string& message) const
    {
        throw InputError(file_, std::vector<Problem>{{"line " + std::to_string(number_), message}});
    }
    bool next();
    std::string_view after(std::string_view start, const char* example);
    std::uint64_t number(std::string_view text) const;
    template <std::size_t n>
    std::vector<std::string_view> pairs(std::string_view body, const std::string_view (&keys)[n],
                                        std::size_t optional = 0);
    void keep() { trace_.head_lines.emplace_back(line_); }
    void identity();
    void post_unit();
    void affine(std::string_view word, bool is_hex);
    void event();

    std::string_view rest_;
    std::string file_;
    std::string_view line_;
    std::size_t number_ = 0;
    bool at_end_ = false;
    std::size_t rows_ = 0;
    Layout layout_;
    ParsedTrace trace_;
};

/// To the next line. False at the end of the file, where `line_` is empty.
bool Parser::next()
{
    ++number_;
    line_ = {};
    at_end_ = rest_.empty();
    if (at_end_) {
        return false;
    }
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) {
        fail("is cut: the file does not end with a line feed");
    }
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (line_.find('\r') != std::string_view::npos) {
        fail("ends with CR LF, must be LF alone");
    }
    if (line_ == "# incomplete") {
        fail("says that the run was interrupted; only a complete trace can be compared");
    }
    return true;
}

/// The current line must start so; returns what follows.
std::string_view Parser::after(std::string_view start, const char* example)
{
    const std::string wanted = "# " + std::string(start) + ' ';
    if (!starts_with(line_, wanted) || line_.size() == wanted.size()) {
        fail((at_end_ ? "is missing, must be \"" : "must be \"") + wanted + example + '"');
    }
    return line_.substr(wanted.size());
}

std::uint64_t Parser::number(std::string_view text) const
{
    const auto value = to_unsigned(text);
    if (!value) {
        fail('"' + std::string(text) + "\" is not a decimal number");
    }
    return *value;
}

/// `key=value` words in exactly this order. @param optional  how many of the last may be absent
template <std::size_t n>
std::vector<std::string_view> Parser::pairs(std::string_view body,
                                            const std::string_view (&keys)[n], std::size_t optional)
{
    const auto words = split(body);
    std::vector<std::string_view> values;
    for (std::size_t i = 0; i < std::max(n - optional, words.size()); ++i) {
        if (i >= n) {
            fail('"' + std::string(words[i]) + "\" is one word too many");
        }
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

/// The lines that say which run this was.
void Parser::identity()
{
    TraceHeader& h = trace_.header;
    if (!next() || line_ != first_line) {
        fail("must be \"" + std::string(first_line) + '"');
    }
    keep();
    next();
    h.config = after("config", "CONFIG.json");
    next();
    h.mvms = number(after("mvms", "64"));
    keep();
    next();
    const auto seeds = pairs(after("seed", "device=1 read=1"), seed_keys);
    h.device_seed = number(seeds[0]);
    h.read_seed = number(seeds[1]);
    keep();
    for (next(); starts_with(line_, "# set "); next()) {
        h.sets.emplace_back(after("set", "key=value"));
        if (h.sets.back().find('=') == std::string::npos) {
            fail("must be \"# set key=value\"");
        }
        keep();
    }
    if (starts_with(line_, "# chip ")) {
        h.chip = after("chip", "CHIP.json");
        keep();
        next();
    }
    h.config_sha256 = after("config_sha256", "<64 hex digits>");
    if (!only(h.config_sha256, hex_digits)) {
        fail("the checksum is not lower-case hex");
    }
}

/// Widths, format of the post unit, and the words of every column.
void Parser::post_unit()
{
    next();
    for (const std::string_view value : pairs(after("widths", "x=8 count=12 ..."), width_keys)) {
        if (number(value) < 1 || number(value) > 32) {
            fail("widths must be 1 to 32 bits");
        }
    }
    keep();
    next();
    const bool is_ldpu = starts_with(line_, "# ldpu ");
    if (is_ldpu) {
        pairs(after("ldpu", ""), ldpu_keys, 1);
    } else {
        const auto values = pairs(after("nmpu", "branch=..."), nmpu_keys);
        if (values[0] != "polarity" && values[0] != "difference" && values[0] != "single") {
            fail('"' + std::string(values[0]) + "\" is not a branch");
        }
    }
    keep();
    const std::string_view word = is_ldpu ? "affine16" : "affine";
    next();
    do {
        affine(word, is_ldpu);
        keep();
        next();
    } while (starts_with(line_, "# affine"));
    layout_ = read_layout(trace_.head_lines);
}

void Parser::affine(std::string_view word, bool is_hex)
{
    const auto words = split(after(word, is_hex ? "0 3c00 3c00 0000 3c00 0000" : "0 128 128 0 0"));
    if (words.size() != (is_hex ? 6U : 5U)) {
        fail("has the wrong number of words");
    }
    // head_lines holds the earlier columns and what stood above them
    const std::string& above = trace_.head_lines.back();
    const auto last = split(above);
    const bool first = last[1] != word;
    if (number(words[0]) != (first ? 0 : number(last[2]) + 1)) {
        fail("columns must be 0, 1, 2, ... in order");
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
        const bool good = is_hex ? words[i].size() == 4 && only(words[i], hex_digits)
                                 : is_signed_decimal(words[i]);
        if (!good) {
            fail('"' + std::string(words[i]) +
                 (is_hex ? "\" is not four hex digits" : "\" is not a decimal number"));
        }
    }
}

void Parser::event()
{
    const auto event = split_event(line_);
    if (!event) {
        fail("is no event: must be \"<cycle> <stage> <mvm> <payload>\"");
    }
    const std::string_view stages[] = {"dac", "adc", layout_.unit, "out"};
    if (std::find(std::begin(stages), std::end(stages), event->stage) == std::end(stages)) {
        fail("has an unknown stage \"" + std::string(event->stage) + '"');
    }
    if (!trace_.events.empty() && split_event(trace_.events.back())->key() >= event->key()) {
        fail("is out of order: events are sorted by cycle, then stage, then MVM");
    }
    const std::string problem = payload_problem(layout_, rows_, *event);
    if (!problem.empty()) {
        fail(problem);
    }
    if (event->stage == layout_.unit) {
        trace_.header.partial_output = starts_with(event->payload, "s=");
    }
    trace_.events.emplace_back(line_);
}

ParsedTrace Parser::parse()
{
    identity();
    post_unit();
    trace_.first_event_line = number_;
    for (; !at_end_; next()) {
        event();
    }
    return std::move(trace_);
}

}  // namespace

ParsedTrace parse_trace(const std::string& text, const std::string& file)
{
    return Parser(text, file).parse();
}

}  // namespace aimc::report
