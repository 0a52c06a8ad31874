// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include "aimc/base/error.h"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace aimc::apps {
namespace {

volatile std::sig_atomic_t interrupted = 0;  // the one thing a signal handler may touch

/// A look at the clock costs more than an MVM's share.
constexpr std::uint64_t mvms_between_looks = 64;
constexpr std::size_t most_pending = 16;  ///< vectors that share a pass over the weights

config::Workload workload_of(const config::TileConfig& config, const mvm::ReadMemory* memory)
{
    const auto bytes_of = [](const config::Workload& w) {
        std::size_t bytes = mvm::bytes_of(w.inputs) + mvm::bytes_of(w.calibration_inputs);
        for (const auto& layer : w.layers) {
            bytes += mvm::bytes_of(layer.weights) + mvm::bytes_of(layer.residuals);
        }
        return bytes;
    };
    return *mvm::recall<config::Workload>(
        memory, "workload",
        [&] { return config::workload_for(config, config::GeneratedInputs::on_demand); }, bytes_of);
}

device::CellTargets targets_of(const config::TileConfig& config, const config::Workload& workload,
                               const mvm::ReadMemory* memory)
{
    return *mvm::recall<device::CellTargets>(
        memory, "targets", [&] { return calibration::cell_targets(config, workload); },
        [](const device::CellTargets& t) { return mvm::bytes_of(t.codes); });
}

}  // namespace

void catch_interrupts()
{
    // the first signal asks, the second one ends
    for (const int signal : {SIGINT, SIGTERM}) {
        std::signal(signal, [](int which) {
            interrupted = 1;
            std::signal(which, SIG_DFL);
        });
    }
}

bool interrupt_requested() { return interrupted != 0; }

Session::Session(const config::LoadedConfig& loaded, const Options& options,
                 const mvm::ReadMemory* memory)
    : loaded_(loaded),
      config_(loaded_.tile),
      options_(options),
      memory_(memory),
      workload_(workload_of(config_, memory)),
      targets_(targets_of(config_, workload_, memory)),
      bring_up_(config_, workload_, targets_, options_.simd, memory),
      ages_{config_.device.age_s},
      source_(workload_.take_inputs()),
      streams_(loaded_, options_,
               workload_.layers.size() > 1 || !config_.ageing.schedule_s.empty()),
      started_(std::chrono::steady_clock::now()),
      shown_(started_)
{
    if (config_.calibration.vectors == config::CalibrationVectors::representative &&
        workload_.calibration_inputs.empty()) {
        throw InputError(
            config_.workload.file,
            "has no calibration_inputs; calibration.vectors \"representative\" needs them");
    }
    for (const auto& layer : workload_.layers) {
        if (layer.activation == config::Activation::clipped_relu && !config_.nmpu.relu_clip) {
            throw ConfigError(
                loaded_.path,
                std::vector<Problem>{{"/nmpu/relu_clip", "is missing; layer \"" + layer.name +
                                                             "\" has activation clipped_relu"}});
        }
    }
    const auto& later = config_.ageing.schedule_s;
    ages_.insert(ages_.end(), later.begin(), later.end());
    for (std::size_t a = 0; a < ages_.size(); ++a) {
        for (std::size_t l = 0; l < workload_.layers.size(); ++l) {
            Part part;
            part.states = mvm::StateAccount(mvm::n_pipeline_cycles(config_));
            part.layer = l;
            part.age = a;
            part.expected = source_.rows();
            const std::string& given = workload_.layers[l].name;
            part.name = given.empty() ? std::to_string(l) : given;
            if (ages_.size() > 1) {
                const std::string age = fmt::format("age{}s", ages_[a]);
                part.name = workload_.layers.size() == 1 ? age : age + "." + part.name;
            }
            parts_.push_back(std::move(part));
        }
    }
}

void Session::bring_up(mvm::Chip& chip)
{
    const auto started = std::chrono::steady_clock::now();
    bring_up_.stop_when([this] { return stop_requested(); });
    bring_up_.start(chip);
    chip_ = chip;
    upkeep_.push_back(bring_up_.upkeep());
    for (std::size_t l = 0; l < workload_.layers.size(); ++l) {
        parts_[l].calibration = bring_up_.layers()[l];
    }
    // Time spent here is not the engine's.
    started_ += std::chrono::steady_clock::now() - started;
}

std::vector<std::string> Session::part_names() const
{
    std::vector<std::string> names;
    for (const Part& part : parts_) { names.push_back(part.name); }
    return names;
}

std::string Session::out_folder() const
{
    return options_.out.empty() ? "out/" + config_.name : options_.out;
}

void Session::require_writable_out() const
{
    namespace fs = std::filesystem;
    apps::require_writable(out_folder());
    for (const auto& [option, file] :
         {std::pair{"--trace", options_.trace}, std::pair{"--vcd", options_.vcd}}) {
        if (file.empty()) { continue; }
        for (const char* own : {"report.json", "report.txt", "y.npy", "counts.npy", "partial.npy",
                                "effective_config.json", "manifest.json", "chip.json"}) {
            if (fs::weakly_canonical(file) == fs::weakly_canonical(fs::path(out_folder()) / own)) {
                throw ConfigError(option, std::string("names ") + own +
                                              " of this run's results folder; name another file");
            }
        }
    }
}

bool Session::is_last_layer(const Part& part) const
{
    return part.layer + 1 == workload_.layers.size();
}

bool Session::next_job(mvm::Job& job)
{
    if (running_) {
        streams_.close(parts_[part_]);
        end_arrays(parts_[part_]);
        // what a stopped run has not computed is not there
        complete_ = complete_ && parts_[part_].is_whole();
        if (!complete_ || ++part_ == parts_.size()) { return false; }
    }
    running_ = true;
    Part& part = parts_[part_];
    job.chip = nullptr;
    if (part.layer == 0 && part.age > 0) {
        const auto started = std::chrono::steady_clock::now();
        bring_up_.age_to(ages_[part.age]);
        upkeep_.push_back(bring_up_.upkeep());
        job.chip = &bring_up_.chip();
        started_ += std::chrono::steady_clock::now() - started;
    }
    const auto& layer = workload_.layers[part.layer];
    part.calibration = bring_up_.layers()[part.layer];
    job.words = part.calibration.words;
    job.inputs = inputs_of(part);
    job.arrival = workload_.arrival;
    job.sink = workload_.sink;
    job.first_read = reads_;
    reads_ += source_.rows();
    job.residuals = {};
    job_ = job;
    job.residuals = on_bit_lines(layer.residuals, layer.cols, source_.rows());
    if (keeps_first_vectors_ && part.age == 0) { keep_vectors_of(part, job); }
    meter_ = std::make_unique<PartMeter>(config_, layer, part, needs_of(part));
    streams_.open(part_, part);
    if (streams_arrays_) { arrays_.open(array_names(part), layer.cols, config_.nmpu.out_bits); }
    return true;
}

void Session::on_record(const mvm::MvmRecord& record)
{
    pending_.resize(most_pending);
    pending_[n_pending_++] = record;
    if (n_pending_ == most_pending) { measure_pending(); }
    streams_.add(record);
    arrays_.add(record.values);
    show_progress(1);
}

void Session::on_records(const std::vector<mvm::MvmRecord>& records)
{
    measure_pending();
    meter_->add(records.data(), records.size());
    for (const mvm::MvmRecord& record : records) {
        streams_.add(record);
        arrays_.add(record.values);
    }
    show_progress(records.size());
}

void Session::measure_pending()
{
    meter_->add(pending_.data(), n_pending_);
    n_pending_ = 0;
}

void Session::on_events(const converters::AdcEvents& events,
                        const std::vector<mvm::LaneCounters>& lanes)
{
    measure_pending();
    parts_[part_].events = events;
    parts_[part_].lanes = lanes;
    const auto now = std::chrono::steady_clock::now();
    engine_s_ = std::chrono::duration<double>(now - started_).count();
}

bool Session::stop_requested() const { return interrupted != 0; }

/// @param more  MVMs that have just been done
void Session::show_progress(std::uint64_t more)
{
    const std::uint64_t before = done_;
    done_ += more;
    if (before / mvms_between_looks == done_ / mvms_between_looks) { return; }
    const auto now = std::chrono::steady_clock::now();
    if (options_.quiet || now - shown_ < std::chrono::milliseconds(500) || ::isatty(2) == 0) {
        return;
    }
    shown_ = now;
    const double seconds = std::chrono::duration<double>(now - started_).count();
    const double rate = static_cast<double>(done_) / seconds;
    const std::uint64_t all = source_.rows() * parts_.size();
    fmt::print(
        stderr, "\r{} of {} MVMs, {:.0f} MVM/s, simulated {:.1f} us, {:.0f} s left   ", done_, all,
        rate,
        static_cast<double>(parts_[part_].cycles) * static_cast<double>(config_.t_clk_ps) * 1e-6,
        static_cast<double>(all - done_) / rate);
    std::fflush(stderr);
}

}  // namespace aimc::apps
