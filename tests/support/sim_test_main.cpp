// SPDX-License-Identifier: Apache-2.0
// main() of every simulation test: SystemC brings main and wants sc_main, so gtest_main cannot be
// used. Link it as an object library: from a static one the linker would not take sc_main.
#include "aimc/sim/systemc.h"

#include <gtest/gtest.h>

namespace {

/// An unexpected SystemC warning or worse fails the test. A test that expects one takes SC_LOG out
/// of its actions first: sc_report_handler::set_actions(type, SC_WARNING, SC_DO_NOTHING).
void fail_on_report(const sc_core::sc_report& report, const sc_core::sc_actions& actions)
{
    if (report.get_severity() >= sc_core::SC_WARNING && (actions & sc_core::SC_LOG) != 0) {
        ADD_FAILURE() << "SystemC " << report.get_msg_type() << ": " << report.get_msg() << " ("
                      << report.get_file_name() << ":" << report.get_line_number() << ")";
    }
    sc_core::sc_report_handler::default_handler(report, actions);
}

}  // namespace

int sc_main(int argc, char* argv[])
{
    testing::InitGoogleTest(&argc, argv);
    sc_core::sc_report_handler::set_handler(fail_on_report);
    return RUN_ALL_TESTS();
}
