// SPDX-License-Identifier: Apache-2.0
#include "aimc/report/trace.h"

#include "trace_lines.h"
#include "trace_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace aimc::report {

namespace {

using namespace trace_text;

constexpr std::string_view first_line = "# aimc-trace/1";

bool is_signed_decimal(std::string_view text)
{
    const bool minus = starts_with(text, "-");
    const auto value = to_unsigned(text.substr(minus ? 1 : 0));
    return value && !(minus && *value == 0);
}

/// Keys of the format lines, in order. A star marks a word; the others are decimal.
const std::vector<std::string_view> seed_keys = {"device", "read"};
const std::vector<std::string_view> width_keys = {"x", "count", "y", "partial", "residual"};
const std::vector<std::string_view> nmpu_keys = {
    "branch*",     "scale_fraction", "scale_exponent",    "offset_fraction",  "cut",
    "round_bits",  "round_mode*",    "final_round_mode*", "out_bits",         "overflow*",
    "activation*", "relu_clip*",     "residual_fraction", "partial_fraction",
};
const std::vector<std::string_view> ldpu_keys = {
    "order*", "out_bits", "activation*", "relu_clip*", "residual_fraction", "partial_fraction"};

/// From the first line to the last; what is below may rely on what is above.
class Parser : private TraceLines {
public:
    Parser(const std::string& text, const std::string& file) : TraceLines(text, file) {}
    ParsedTrace parse();

private:
    void keep() { trace_.head_lines.emplace_back(line()); }
    void identity();
    void post_unit();
    void affine(std::string_view word, bool is_hex);
    void event();

    std::size_t rows_ = 0;  ///< of all dac events; 0 before the first
    Layout layout_;
    ParsedTrace trace_;
};

/// The lines that say which run this was.
void Parser::identity()
{
    TraceHeader& h = trace_.header;
    if (!next() || line() != first_line) { fail("must be \"" + std::string(first_line) + '"'); }
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
    for (next(); starts_with(line(), "# set "); next()) {
        h.sets.emplace_back(after("set", "key=value"));
        if (h.sets.back().find('=') == std::string::npos) { fail("must be \"# set key=value\""); }
        keep();
    }
    if (starts_with(line(), "# chip ")) {
        h.chip = after("chip", "CHIP.json");
        keep();
        next();
    }
    h.config_sha256 = after("config_sha256", "<64 hex digits>");
    if (!only(h.config_sha256, hex_digits)) { fail("the checksum is not lower-case hex"); }
}

/// Widths, format of the post unit, and the words of every column.
void Parser::post_unit()
{
    next();
    for (const std::string_view value : pairs(after("widths", "x=8 count=12 ..."), width_keys)) {
        if (number(value) < 1 || number(value) > 32) { fail("widths must be 1 to 32 bits"); }
    }
    keep();
    next();
    const bool is_ldpu = starts_with(line(), "# ldpu ");
    if (is_ldpu) {
        pairs(after("ldpu", ""), ldpu_keys);
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
    } while (starts_with(line(), "# affine"));
    layout_ = read_layout(trace_.head_lines);
}

void Parser::affine(std::string_view word, bool is_hex)
{
    const auto words = split(after(word, is_hex ? "0 3c00 3c00 0000 3c00 0000" : "0 128 128 0 0"));
    if (words.size() != (is_hex ? 6U : 5U)) { fail("has the wrong number of words"); }
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
    const auto event = split_event(line());
    if (!event) { fail("is no event: must be \"<cycle> <stage> <mvm> <payload>\""); }
    const std::string_view stages[] = {"dac", "adc", layout_.unit, "out"};
    if (std::find(std::begin(stages), std::end(stages), event->stage) == std::end(stages)) {
        fail("has an unknown stage \"" + std::string(event->stage) + '"');
    }
    if (!trace_.events.empty() && split_event(trace_.events.back())->key() >= event->key()) {
        fail("is out of order: events are sorted by cycle, then stage, then MVM");
    }
    const std::string problem = payload_problem(layout_, rows_, *event);
    if (!problem.empty()) { fail(problem); }
    if (event->stage == layout_.unit) {
        trace_.header.partial_output = starts_with(event->payload, "s=");
    }
    trace_.events.emplace_back(line());
}

ParsedTrace Parser::parse()
{
    identity();
    post_unit();
    trace_.first_event_line = line_number();
    for (; !at_end(); next()) { event(); }
    return std::move(trace_);
}

}  // namespace

ParsedTrace parse_trace(const std::string& text, const std::string& file)
{
    return Parser(text, file).parse();
}

}  // namespace aimc::report
