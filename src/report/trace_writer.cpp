// SPDX-License-Identifier: Apache-2.0
#include "aimc/config/words.h"
#include "aimc/report/trace.h"

#include "hex_digits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aimc::report {

namespace {

// In the order of their names: that is how events of one cycle are sorted.
enum class Stage : unsigned char { adc, dac, ldpu, nmpu, out };
constexpr const char* stage_words[] = {" adc ", " dac ", " ldpu ", " nmpu ", " out "};

/// A line break inside a file name or an override must not become a line of the trace.
std::string one_line(std::string text)
{
    for (char& c : text) {
        if (c == '\n' || c == '\r') { c = ' '; }
    }
    return text;
}

std::string nmpu_lines(const config::NmpuConfig& n, const mvm::PostWords& words)
{
    std::string text = fmt::format(
        "# nmpu branch={} scale_fraction={} scale_exponent={} offset_fraction={} cut={} "
        "round_bits={} round_mode={} final_round_mode={} out_bits={} overflow={} activation={} "
        "relu_clip={} residual_fraction={} partial_fraction={}\n",
        config::word_of(n.branch), n.scale_fraction, words.scale_exponent, n.offset_fraction, n.cut,
        n.round_bits, config::word_of(n.round_mode), config::word_of(n.final_round_mode),
        n.out_bits, config::word_of(n.overflow), config::word_of(words.activation),
        n.relu_clip ? std::to_string(*n.relu_clip) : "none", n.residual_fraction,
        n.partial_fraction);
    for (std::size_t c = 0; c < words.nmpu.size(); ++c) {
        const nmpu::AffineWords& w = words.nmpu[c];
        text += fmt::format("# affine {} {} {} {} {}\n", c, w.s_p, w.s_n, w.o_p, w.o_n);
    }
    return text;
}

std::string ldpu_lines(const config::NmpuConfig& n, const mvm::PostWords& words)
{
    std::string text = fmt::format(
        "# ldpu order={} out_bits={} activation={} relu_clip={} residual_fraction={} "
        "partial_fraction={}\n",
        ldpu::step_order, n.out_bits, config::word_of(words.activation),
        n.relu_clip ? std::to_string(*n.relu_clip) : "none", n.residual_fraction,
        n.partial_fraction);
    for (std::size_t c = 0; c < words.ldpu.size(); ++c) {
        const ldpu::AffineWords16& w = words.ldpu[c];
        text += fmt::format("# affine16 {} {:04x} {:04x} {:04x} {:04x} {:04x}\n", c, w.scale_p.bits,
                            w.scale_n.bits, w.offset.bits, w.gamma.bits, w.beta.bits);
    }
    return text;
}

std::string header_text(const TraceHeader& h, const config::TileConfig& config,
                        const mvm::PostWords& words)
{
    std::string text =
        fmt::format("# aimc-trace/1\n# config {}\n# mvms {}\n# seed device={} read={}\n",
                    one_line(h.config), h.mvms, h.device_seed, h.read_seed);
    for (const std::string& set : h.sets) { text += "# set " + one_line(set) + '\n'; }
    if (!h.chip.empty()) { text += "# chip " + one_line(h.chip) + '\n'; }
    text += fmt::format("# config_sha256 {}\n# widths x=8 count={} y={} partial={} residual=16\n",
                        h.config_sha256, config::count_bits(config), config.nmpu.out_bits,
                        config.nmpu.partial_bits);
    text += config.post == config::PostUnit::nmpu ? nmpu_lines(config.nmpu, words)
                                                  : ldpu_lines(config.nmpu, words);
    return text;
}

void append_number(std::string& text, std::uint64_t number)
{
    const fmt::format_int digits(number);
    text.append(digits.data(), digits.size());
}

}  // namespace

TraceWriter::TraceWriter(const TraceHeader& header, const config::TileConfig& config,
                         const mvm::PostWords& words)
    : config_(config),
      count_bits_(config::count_bits(config)),
      partial_output_(header.partial_output),
      hex_(std::make_unique<HexDigits>()),
      ready_(header_text(header, config, words))
{
}

TraceWriter::~TraceWriter() = default;
TraceWriter::TraceWriter(TraceWriter&&) noexcept = default;
TraceWriter& TraceWriter::operator=(TraceWriter&&) noexcept = default;

std::string& TraceWriter::push(std::uint64_t cycle, unsigned char stage, std::uint64_t mvm)
{
    Event event{cycle, mvm, stage, {}};
    if (!spare_.empty()) {  // a used line keeps its memory
        event.line = std::move(spare_.back());
        spare_.pop_back();
        event.line.clear();
    }
    append_number(event.line, cycle);
    event.line += stage_words[stage];
    append_number(event.line, mvm);
    // Few events wait at a time (a handful of vectors in flight), so a sorted list is cheapest.
    const auto at = std::upper_bound(waiting_.begin(), waiting_.end(), event);
    return waiting_.insert(at, std::move(event))->line;
}

void TraceWriter::add(const mvm::MvmRecord& record)
{
    const auto code = [](Stage stage) { return static_cast<unsigned char>(stage); };
    const mvm::MvmValues& v = record.values;
    const mvm::MvmTimes& t = record.times;

    std::string& dac = push(t.start, code(Stage::dac), record.mvm);
    dac += " x=";
    hex_->append(dac, v.x, 8);
    dac += '\n';

    std::string& adc = push(t.counts, code(Stage::adc), record.mvm);
    adc += " p=";
    hex_->append(adc, v.c_p, count_bits_);
    const bool is_nmpu = config_.post == config::PostUnit::nmpu;
    if (!is_nmpu || config_.nmpu.branch != config::Branch::single) {
        adc += " n=";
        hex_->append(adc, v.c_n, count_bits_);
    }
    adc += '\n';

    std::string& post = push(t.done, code(is_nmpu ? Stage::nmpu : Stage::ldpu), record.mvm);
    post += partial_output_ ? " s=" : " y=";
    if (partial_output_) {
        hex_->append(post, v.partial, config_.nmpu.partial_bits);
    } else {
        hex_->append(post, v.y, config_.nmpu.out_bits);
    }
    if (!v.residual.empty()) {
        post += " r=";
        hex_->append(post, v.residual, 16);
    }
    post += '\n';

    push(t.out, code(Stage::out), record.mvm) += " ok=1\n";
    release(t.start);  // later vectors start later, so nothing earlier than this can come any more
}

void TraceWriter::release(std::uint64_t before)
{
    auto end = waiting_.begin();
    for (; end != waiting_.end() && end->cycle < before; ++end) {
        ready_ += end->line;
        spare_.push_back(std::move(end->line));
    }
    waiting_.erase(waiting_.begin(), end);
}

std::string TraceWriter::take() { return std::exchange(ready_, {}); }

void TraceWriter::take(std::string& text)
{
    text.clear();
    text.swap(ready_);
}

std::string TraceWriter::finish(bool complete)
{
    release(~std::uint64_t{0});
    if (!complete) { ready_ += "# incomplete\n"; }
    return take();
}

}  // namespace aimc::report
