// SPDX-License-Identifier: Apache-2.0
#include "recorder.h"

#include "aimc/report/trace.h"
#include "aimc/report/vcd.h"

#include "stream_thread.h"

#include <utility>

namespace aimc::bench {
namespace {

constexpr std::uint64_t window_cycles = 1000;  // some eight reads: what one looks at in a viewer

/// On a thread of its own, as the program writes.
template <class Writer>
class Writing : public Recorder {
public:
    template <class... Arguments>
    explicit Writing(Arguments&&... arguments)
        : writer_(std::forward<Arguments>(arguments)...),
          thread_([this](const mvm::MvmRecord* records, std::size_t n) {
              for (std::size_t k = 0; k < n; ++k) {
                  writer_.add(records[k]);
                  count(writer_.take().size());
              }
          })
    {
    }
    void add(const mvm::MvmRecord& record) override { thread_.add(record); }
    void finish() override
    {
        thread_.finish();
        count(writer_.finish().size());
    }

private:
    Writer writer_;
    apps::StreamThread thread_;  ///< last: it ends before what it writes to
};

}  // namespace

const char* to_string(Output output)
{
    switch (output) {
        case Output::none: return "bare";
        case Output::trace: return "trace";
        case Output::vcd_window: return "vcd_window";
        case Output::vcd_full: return "vcd_full";
    }
    return "?";
}

std::unique_ptr<Recorder> recorder_for(Output output, const Setup& setup)
{
    using Trace = Writing<report::TraceWriter>;
    using Vcd = Writing<report::VcdWriter>;
    switch (output) {
        case Output::none: break;
        case Output::trace:
            return std::make_unique<Trace>(report::TraceHeader{}, setup.config, setup.words);
        case Output::vcd_window:
            return std::make_unique<Vcd>(setup.config, report::VcdSelection{"*", 0, window_cycles});
        case Output::vcd_full: return std::make_unique<Vcd>(setup.config, report::VcdSelection{});
    }
    return nullptr;
}

}  // namespace aimc::bench
