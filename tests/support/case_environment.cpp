// SPDX-License-Identifier: Apache-2.0
// Tells the oracle tests where the case files are that ctest has made; a variable that is already
// set wins, so that a test can be run by hand on other cases.
#include <cstdlib>
#include <initializer_list>

namespace {

[[maybe_unused]] const int told = [] {
    struct Variable {
        const char* name;
        const char* value;
    };
    for (const Variable& v :
         {Variable{"AIMC_NMPU_CASES", AIMC_CASES "/nmpu"},
          Variable{"AIMC_TIMING_CASES", AIMC_CASES "/timing"},
          Variable{"AIMC_TIMING_CHAINS", AIMC_CASES "/timing_chains"},
          Variable{"AIMC_PIPELINE_TIMING_CASES", AIMC_CASES "/pipeline_timing"},
          Variable{"AIMC_SCHEMES_CASES", AIMC_CASES "/schemes"},
          Variable{"AIMC_DIGITAL_CASES", AIMC_CASES "/digital"},
          Variable{"AIMC_TIME_RESOLVED_CASES", AIMC_CASES "/time_resolved"},
          Variable{"AIMC_LDPU_CASES", AIMC_CASES "/ldpu"},
          Variable{"AIMC_HALF_FMA_CASES", AIMC_CASES "/half_fma"},
          Variable{"AIMC_AFFINE_ORACLE", AIMC_SOURCE_DIR "/scripts/oracle/affine_fit.py"},
          Variable{"PYTHONDONTWRITEBYTECODE", "1"}}) {
        ::setenv(v.name, v.value, 0);
    }
    return 0;
}();

}  // namespace
