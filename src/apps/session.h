// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/calibration/bring_up.h"
#include "aimc/config/load.h"
#include "aimc/config/workload.h"
#include "aimc/mvm/job.h"
#include "aimc/report/run_result.h"

#include "array_files.h"
#include "options.h"
#include "part.h"
#include "streams.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aimc::apps {

/// One run of `sim`: the workload, age by age and layer by layer, whichever engine executes it.
/// Collects what the report and the result arrays need.
class Session : public mvm::JobRunner {
public:
    /// @param memory  what runs with the same analog half share; nullptr: nothing
    Session(const config::LoadedConfig& loaded, const Options& options,
            const mvm::ReadMemory* memory = nullptr);

    // JobRunner
    const device::CellTargets& targets() const override { return targets_; }
    void bring_up(mvm::Chip& chip) override;
    bool next_job(mvm::Job& job) override;
    void on_record(const mvm::MvmRecord& record) override;
    void on_records(const std::vector<mvm::MvmRecord>& records) override;
    void on_events(const converters::AdcEvents& events,
                   const std::vector<mvm::LaneCounters>& lanes) override;
    bool stop_requested() const override;

    /// What the run found, but for the facts about curves, array and host.
    report::RunResult figures() const;
    /// From now on the result arrays are written while they come, for write_results().
    void stream_arrays() { streams_arrays_ = true; }
    /// From now on the first vectors of each layer are kept, for measure_repeatability().
    void keep_first_vectors() { keeps_first_vectors_ = true; }
    /// Reads the first vectors again, for the report: after the engine, at the first age. Not of a
    /// run that was stopped.
    void measure_repeatability();
    /// Everything the run found.
    report::RunResult result() const;
    /// Writes every file of the run. @return the report, for the terminal
    std::string write_results(const report::RunResult& result);
    bool complete() const { return complete_; }
    /// Refuses a results folder that cannot be written before hours are spent (exit 5).
    void require_writable_out() const;
    /// Keeps the trace of one part instead of writing a file (sim check).
    void keep_trace(std::size_t part) { streams_.keep_trace(part); }
    std::vector<std::string> part_names() const;
    const std::string& kept_trace() const { return streams_.kept_trace(); }
    const calibration::BringUp& brought_up() const { return bring_up_; }

private:
    bool is_last_layer(const Part& part) const;
    Rows<std::int8_t> inputs_of(const Part& part);
    ArrayFiles::Names array_names(const Part& part) const;
    void end_arrays(const Part& part);
    void add_empty_arrays();
    PartNeeds needs_of(const Part& part) const;
    std::uint64_t middle_start(const Part& part) const;
    void measure_pending();
    void keep_vectors_of(const Part& part, const mvm::Job& job);
    Matrix<std::int16_t> on_bit_lines(const Matrix<std::int16_t>& words, const config::Range& cols,
                                      std::size_t n) const;
    /// W x of the inputs of the part that runs, if runs share them. [n x layer cols]
    std::shared_ptr<const Matrix<std::int64_t>> known_products(const config::Layer& layer) const;
    std::string out_folder() const;
    void show_progress(std::uint64_t more);
    report::LayerResult layer_result(const Part& part) const;
    void summarise_times(report::RunResult& r) const;
    void summarise_ages(report::RunResult& r) const;
    void summarise_adc(report::RunResult& r) const;
    std::optional<double> top1(const Part& part) const;
    std::string manifest() const;

    config::LoadedConfig loaded_;
    const config::TileConfig& config_;
    Options options_;
    const mvm::ReadMemory* memory_;
    config::Workload workload_;
    device::CellTargets targets_;
    calibration::BringUp bring_up_;
    mvm::Chip chip_;  ///< as it was at the start
    std::vector<double> ages_;
    std::vector<calibration::Upkeep> upkeep_;  ///< of the ages so far
    std::vector<Part> parts_;                  ///< ages x layers
    std::size_t part_ = 0;                     ///< the one that runs; parts_.size() when done
    bool running_ = false;                     ///< a part has been started
    Rows<std::int8_t> source_;                 ///< [n x rows of the first layer]
    mvm::Job job_;                             ///< of the part that runs, without residuals
    std::unique_ptr<PartMeter> meter_;
    std::vector<mvm::MvmRecord> pending_;  ///< came one by one, to be measured together
    std::size_t n_pending_ = 0;
    bool keeps_first_vectors_ = false;
    std::vector<report::RepeatedLayer> first_vectors_;  ///< of the layers at the first age
    std::optional<report::Repeatability> repeatability_;
    bool streams_arrays_ = false;
    ArrayFiles arrays_;
    RunStreams streams_;
    std::uint64_t reads_ = 0;
    bool complete_ = true;
    std::chrono::steady_clock::time_point started_, shown_;
    std::uint64_t done_ = 0;
    double engine_s_ = 0.0;
};

/// Ctrl-C from now on asks sessions to finish the MVM in flight, sweeps the points in flight.
void catch_interrupts();
/// Whether that has happened.
bool interrupt_requested();

}  // namespace aimc::apps
