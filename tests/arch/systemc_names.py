# SPDX-License-Identifier: Apache-2.0
"""Names and forms of SystemC that a model written today must not use.

(pattern, reason) pairs; they are looked for in code, not in comments or strings. Two sources:
  [3.0]   "Deprecated features" of the SystemC 3.0.0 release notes (it implements IEEE 1666-2023)
  [1666]  what IEEE 1666 took out in 2005 and 2011: SystemC 2.3.4 still has it and reports
          /IEEE_Std_1666/deprecated (its own words follow), or it was never in the standard
The project was not built against SystemC 3.0; this list is what we checked instead.
"""

OLD_NAMES = [
    # [3.0]
    (r"\bSC_HAS_PROCESS\b", "[3.0] deprecated: AIMC_HAS_PROCESS, which is empty where it can be"),
    (r"\bsc_set_default_time_unit\b", "[3.0] deprecated: give every sc_time its unit"),
    (r"\bsc_get_default_time_unit\b", "[3.0] deprecated: give every sc_time its unit"),
    (r"\bsc_time(\s+\w+)?\s*[({][^(){},;]*,\s*(true|false)\s*[)}]",
     "[3.0] sc_time(double, bool) and sc_time(uint64, bool) are deprecated: sc_time::from_value"),
    # [1666] simulation control
    (r"\bsc_simulation_time\b", "[1666] use sc_time_stamp()"),
    (r"\bsc_cycle\b", "[1666] use sc_start(sc_time)"),
    (r"\bsc_initialize\b", "[1666] use sc_start(SC_ZERO_TIME)"),
    (r"\bsc_start\s*\(\s*-", "[1666] a negative time once meant for ever: sc_start()"),
    (r"\bsc_start\s*\(\s*[\d.]+\s*\)", "[1666] a bare number is in default time units: sc_start(sc_time)"),
    (r"\bsc_simcontext\b|\bsc_get_curr_simcontext\b", "[1666] not in the standard: sc_core functions"),
    (r"(\.|->)\s*(find_object|is_running|delta_count)\s*\(",
     "[1666] members of sc_simcontext: sc_find_object, sc_is_running, sc_delta_count"),
    (r"\bSC_DEFAULT_STACK_SIZE\b", "[1666] not in the standard: set_stack_size"),
    # [1666] processes, events and sensitivity
    (r"\bsensitive_(pos|neg)\b", "[1666] use sensitive << port.pos()"),
    (r"\bsensitive\s*\(", "[1666] use of () to specify sensitivity is deprecated, use << instead"),
    (r"\bwatching\s*\(|\bW_(BEGIN|DO|ESCAPE|END)\b", "[1666] use reset_signal_is()"),
    (r"\.\s*delayed\s*\(\s*\)", "[1666] delayed() belonged to watching()"),
    (r"\bwait_until\s*\(", "[1666] took delayed(); loop over wait()"),
    (r"\bat_(pos|neg)edge\s*\(", "[1666] wait for posedge_event() or negedge_event()"),
    (r"\bnotify_delayed\b", "[1666] use notify(sc_time)"),
    (r"(?<![\w.>:])notify\s*\(", "[1666] the global notify(): use sc_event::notify"),
    (r"\btimed_out\s*\(", "[1666] deprecated: look at the event's triggered()"),
    (r"\bsc_get_curr_process_handle\b|\bsc_get_current_process_b\b",
     "[1666] use sc_get_current_process_handle"),
    (r"\bsc_(method|thread|cthread)_handle\b", "[1666] not in the standard: sc_process_handle"),
    # [1666] modules, ports and objects
    (r"\bend_module\s*\(", "[1666] sc_module_name ends the construction"),
    (r"\bsc_module\s*\(\s*\"", "[1666] sc_module(const char*): take a const sc_module_name&"),
    (r"(\.|->)\s*get_parent\s*\(", "[1666] use get_parent_object()"),
    (r"\b(get_data_ref|get_new_value|add_?trace)\s*\(", "[1666] use read() and sc_trace()"),
    (r"\bSC_REPORT_\w+\s*\(\s*\d|\bsc_report\s*::\s*(register_id|suppress_\w+|make_warnings_errors)\b",
     "[1666] integer report ids: use strings and sc_report_handler"),
    # [1666] data types
    (r"\bsc_bit\b", "[1666] use bool"),
    (r"\bsc_string\b", "[1666] use std::string"),
    (r"\bsc_pvector\b|\bsc_plist\b|\bsc_phash\b", "[1666] not in the standard: std containers, sc_vector"),
    (r"\bSC_DT_DEPRECATED\b", "[1666] switches old data-type functions on"),
    # ours
    (r"\bSC_DISABLE_API_VERSION_CHECK\b", "silences the guard against a mixed C++ standard"),
]
