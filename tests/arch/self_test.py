# SPDX-License-Identifier: Apache-2.0
"""Breaks every rule on purpose, and checks that what is allowed passes."""
import rules
from systemc_names import OLD_NAMES

HEADER = "// SPDX-License-Identifier: Apache-2.0\n#pragma once\n"

# rule, path, what must be found, what must not
CASES = [
    ("rooms_in_order", "include/aimc/nmpu/x.h", '#include "aimc/mvm/job.h"', '#include "aimc/base/grid.h"'),
    ("rooms_in_order", "src/config/x.cpp", '# include "aimc/tile/tile.h"', '#include "aimc/config/load.h"'),
    ("rooms_in_order", "src/mvm/CMakeLists.txt", "aimc_room(mvm USES aimc::tile)", "USES aimc::ldpu"),
    ("rooms_in_order", "src/attic/x.cpp", "int x;", None),
    ("rooms_in_order", "src/tile/x.cpp", '#include "../mvm/hidden.h"', '#include "aimc/mvm/job.h"'),
    ("no_kernel_above_the_line", "src/mvm/x.cpp", "sc_core::sc_time t;", "// an sc_time would do"),
    ("no_kernel_above_the_line", "include/aimc/report/x.h", "tlm::tlm_phase p;", 'f("SC_TRN");'),
    ("one_door_to_the_kernel", "src/tile/x.cpp", "#include <systemc>", '#include "aimc/sim/systemc.h"'),
    ("one_door_to_the_kernel", "tests/sim/x.cpp", "#include <systemc.h>", "#include <string>"),
    ("one_door_to_the_kernel", "src/tile/x.cpp", "#include <tlm_utils/peq_with_get.h>", "// <tlm>"),
    ("no_old_systemc_names", "src/tile/x.cpp", "SC_HAS_PROCESS(X);", "AIMC_HAS_PROCESS(X);"),
    ("no_old_systemc_names", "src/tile/x.cpp", "sc_time t(3.0, true);", "sc_time t(3.0, SC_NS);"),
    ("no_old_systemc_names", "src/tile/x.cpp", "sc_start(-1);", "sc_start(sc_time(1, SC_NS));"),
    ("no_old_systemc_names", "src/tile/x.cpp", "sc_start(100);", "sc_start();"),
    ("no_old_systemc_names", "src/tile/x.cpp", "sensitive(a);", "sensitive << a;"),
    ("no_old_systemc_names", "src/tile/x.cpp", "notify(e);", "e.notify(SC_ZERO_TIME);"),
    ("no_old_systemc_names", "src/tile/x.cpp", "sc_dt::sc_bit b;", "sc_dt::sc_fixed<8, 1> b;"),
    ("no_old_systemc_names", "src/tile/x.cpp", "o->get_parent();", "o->get_parent_object();"),
    ("objects_are_named_like_their_variables", "src/tile/x.cpp", 'sc_core::sc_in<bool> a_i{"b_i"};',
     'sc_core::sc_in<bool> a_i{"a_i"}; sc_core::sc_event wake_{"wake"};'),
    ("objects_are_named_like_their_variables", "include/aimc/tile/x.h",
     'tlm_utils::simple_target_socket<X> x_tsock{"tsock"};',
     'tlm_utils::simple_target_socket<X> x_tsock{"x_tsock"};'),
    ("banned_forms", "include/aimc/base/x.h", "using namespace std;", "// using namespace std;"),
    ("banned_forms", "src/base/x.cpp", "std::normal_distribution<double> d;", "normal(place, c);"),
    ("banned_forms", "src/base/x.cpp", "int a = std::rand();", "int a = operand(b);"),
    ("banned_forms", "src/report/x.cpp", "std::cout << 1;", "fmt::print(file, text);"),
    ("banned_forms", "include/aimc/report/x.h", "#include <nlohmann/json.hpp>", "#include <string>"),
    ("banned_forms", "CMakeLists.txt", "add_compile_options(-march=native)", "# never -march=native"),
    ("banned_forms", "CMakePresets.json", '"CMAKE_CXX_FLAGS": "-O3 -ffast-math"', '"-O3"'),
    ("no_machine_paths", "scripts/x.sh", "cd /ho" "me/someone/aimc", "cd ${HOME}/work/x"),
    ("no_machine_paths", "configs/x.json", '"file": "/wo' 'rk/a/b.csv"', '"file": "../work/b.csv"'),
    ("no_loose_ends", "README.md", "TO" "DO: write", "to do is to be"),
    ("no_loose_ends", "src/base/x.cpp", "// FIX" "ME", 'mkdtemp("aimc_XXXXXX")'),
    ("first_lines", "src/base/x.cpp", "int x;", "// SPDX-License-Identifier: Apache-2.0\nint x;"),
    ("first_lines", "scripts/x.py", "#!/usr/bin/python3\n", "#!/usr/bin/python3\n# SPDX-License-Identifier: Apache-2.0"),
    ("first_lines", "include/aimc/base/x.h", HEADER.splitlines()[0], HEADER),
]

# One line of use for every entry of OLD_NAMES, in its order.
USES = ["SC_HAS_PROCESS(X);", "sc_set_default_time_unit(1, SC_NS);", "sc_get_default_time_unit();",
        "sc_time(1.0, false)", "sc_simulation_time()", "sc_cycle(1)", "sc_initialize()", "sc_start( -1)",
        "sc_start(1.5)", "sc_simcontext* c;", "c->find_object(n)", "SC_DEFAULT_STACK_SIZE",
        "sensitive_pos << a", "sensitive(a)", "watching(a)", "a.delayed()", "wait_until(a)",
        "at_posedge(a)", "e.notify_delayed()", "notify(e)", "timed_out()", "sc_get_curr_process_handle()",
        "sc_thread_handle h", "end_module()", "sc_module(\"x\")", "o.get_parent()", "s.get_new_value()",
        "SC_REPORT_INFO(7, m)", "sc_bit b", "sc_string s", "sc_pvector<int> v", "SC_DT_DEPRECATED",
        "SC_DISABLE_API_VERSION_CHECK"]


def run():
    """What the rules failed to notice, or noticed wrongly; one line each."""
    wrong = []
    by_name = {rule.__name__: rule for rule in rules.ALL}
    for name, path, bad, good in CASES:
        if not by_name[name](path, bad):
            wrong.append(f"self-test: {name} does not notice {bad!r} in {path}")
        if good is not None and by_name[name](path, good):
            wrong.append(f"self-test: {name} refuses {good!r} in {path}")
    for name in by_name.keys() - {case[0] for case in CASES}:
        wrong.append(f"self-test: {name} has no case")
    if len(USES) != len(OLD_NAMES):
        wrong.append("self-test: USES and OLD_NAMES differ in length")
    for use, entry in zip(USES, OLD_NAMES):
        if not any(what.endswith(entry[1]) for _, what in rules.no_old_systemc_names("src/tile/x.cpp", use)):
            wrong.append(f"self-test: {entry[0]} does not match {use!r}")
    return wrong
