// SPDX-License-Identifier: Apache-2.0
#include "streams.h"

#include <filesystem>

namespace aimc::apps {

RunStreams::RunStreams(const config::LoadedConfig& loaded, const Options& options,
                       bool several_parts)
    : loaded_(loaded), options_(options), several_(several_parts)
{
}

void RunStreams::open(std::size_t index, const Part& part)
{
    const auto name = [&](const std::string& path) {
        return several_ ? layer_path(path, part.name) : path;
    };
    if (!options_.trace.empty() || kept_part_ == index) {
        open_trace(part, options_.trace.empty() ? "" : name(options_.trace));
    }
    if (!options_.vcd.empty()) {
        vcd_ = std::make_unique<report::VcdWriter>(
            loaded_.tile,
            report::VcdSelection{options_.vcd_scope, options_.vcd_from, options_.vcd_to});
        vcd_file_ = std::make_unique<StreamFile>(name(options_.vcd));
    }
    if (trace_ || vcd_) {
        thread_ = std::make_unique<StreamThread>(
            [this](const mvm::MvmRecord* records, std::size_t n) { write(records, n); });
    }
}

/// @param path  empty: kept in memory
void RunStreams::open_trace(const Part& part, const std::string& path)
{
    const config::TileConfig& config = loaded_.tile;
    report::TraceHeader header;
    header.config = loaded_.path;
    header.mvms = part.expected;
    header.device_seed = config.seed.device;
    header.read_seed = config.seed.read;
    header.sets = loaded_.sets;
    header.config_sha256 = loaded_.sha256;
    header.chip = std::filesystem::path(config.chip).filename().string();
    header.partial_output = options_.save_partial || part.calibration.words.partial_out;
    trace_ = std::make_unique<report::TraceWriter>(header, config, part.calibration.words);
    if (!path.empty()) { trace_file_ = std::make_unique<StreamFile>(path); }
}

void RunStreams::add(const mvm::MvmRecord& record)
{
    if (thread_) { thread_->add(record); }
}

void RunStreams::write(const mvm::MvmRecord* records, std::size_t n)
{
    for (const mvm::MvmRecord* record = records; record != records + n; ++record) {
        if (trace_) { trace_->add(*record); }
        if (vcd_) { vcd_->add(*record); }
    }
    if (trace_) {
        trace_->take(text_);
        write_trace(text_);
    }
    if (vcd_) { vcd_file_->append(vcd_->take()); }
}

void RunStreams::write_trace(const std::string& text)
{
    if (trace_file_) {
        trace_file_->append(text);
    } else {
        kept_trace_ += text;
    }
}

void RunStreams::close(const Part& part)
{
    if (thread_) { thread_->finish(); }
    thread_.reset();
    if (trace_) {
        write_trace(trace_->finish(part.is_whole()));
        if (trace_file_) { finished_.push_back(std::move(trace_file_)); }
        trace_.reset();
    }
    if (vcd_) {
        vcd_file_->append(vcd_->finish());
        finished_.push_back(std::move(vcd_file_));
        vcd_.reset();
    }
}

void RunStreams::flush()
{
    for (auto& file : finished_) { file->flush(); }
}

void RunStreams::commit()
{
    for (auto& file : finished_) { file->commit(); }
}

}  // namespace aimc::apps
