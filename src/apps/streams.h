// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/config/load.h"
#include "aimc/report/trace.h"
#include "aimc/report/vcd.h"

#include "options.h"
#include "outputs.h"
#include "part.h"
#include "stream_thread.h"

#include <memory>
#include <string>
#include <vector>

namespace aimc::apps {

/// Trace and waves of a run, one file per part, written while it runs, by a thread of their own.
/// An error of that thread (a full disk) is thrown by the next add() that meets it, or by close().
class RunStreams {
public:
    RunStreams(const config::LoadedConfig& loaded, const Options& options, bool several_parts);
    RunStreams(const RunStreams&) = delete;
    RunStreams& operator=(const RunStreams&) = delete;

    /// Keeps the trace of one part instead of writing files (sim check).
    void keep_trace(std::size_t part) { kept_part_ = part; }
    const std::string& kept_trace() const { return kept_trace_; }

    void open(std::size_t index, const Part& part);
    void add(const mvm::MvmRecord& record);
    void close(const Part& part);
    void flush();   ///< what can fail, fails here
    void commit();  ///< files appear under their names

private:
    void open_trace(const Part& part, const std::string& path);
    void write(const mvm::MvmRecord* records, std::size_t n);  ///< on the thread
    void write_trace(const std::string& text);

    const config::LoadedConfig& loaded_;
    const Options& options_;
    bool several_;
    std::size_t kept_part_ = ~std::size_t{0};
    std::string kept_trace_;
    std::unique_ptr<report::TraceWriter> trace_;
    std::unique_ptr<StreamFile> trace_file_;
    std::unique_ptr<report::VcdWriter> vcd_;
    std::unique_ptr<StreamFile> vcd_file_;
    std::vector<std::unique_ptr<StreamFile>> finished_;  ///< committed when the run is whole
    std::string text_;                                   ///< final, on its way to the file
    std::unique_ptr<StreamThread> thread_;  ///< while a part is open; ends before what it writes to
};

}  // namespace aimc::apps
