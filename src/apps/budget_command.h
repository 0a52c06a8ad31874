// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"

namespace aimc::apps {

/// `sim budget`: prints the table and writes budget.json ("format": "aimc-budget/1") and budget.txt
/// to the results folder. Interrupted it writes nothing. @return the exit code
int budget_command(const Options& options);

}  // namespace aimc::apps
