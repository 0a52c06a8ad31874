// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace aimc::apps {

/// Runs a command; errors leave as exceptions. @return the exit code
int execute(const Options& options);

/// guarded(), in the SystemC kernel if the command needs it (then once per process); other commands
/// never touch it. It is with main().
int start(const Options& options);

/// execute(), with every exception turned into plain lines on stderr and the right exit code.
int guarded(const Options& options);

}  // namespace aimc::apps
