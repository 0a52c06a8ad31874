// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aimc/mvm/record.h"

#include "setups.h"

#include <cstddef>
#include <memory>

namespace aimc::bench {

/// What is made of the records while they are measured.
enum class Output { none, trace, vcd_window, vcd_full };
const char* to_string(Output output);

/// Makes text of records. The text is counted and dropped: no disk in the figure.
class Recorder {
public:
    virtual ~Recorder() = default;
    virtual void add(const mvm::MvmRecord& record) = 0;
    virtual void finish() = 0;  ///< what is left; the measurement ends after it
    std::size_t bytes() const { return bytes_; }

protected:
    void count(std::size_t bytes) { bytes_ += bytes; }

private:
    std::size_t bytes_ = 0;
};

/// The one place that says how a row writes; nullptr for Output::none.
std::unique_ptr<Recorder> recorder_for(Output output, const Setup& setup);

}  // namespace aimc::bench
