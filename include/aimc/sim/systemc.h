// SPDX-License-Identifier: Apache-2.0
#pragma once

// The only door to SystemC and TLM: every timed room includes this header and no other.

// SystemC's headers are not written for our warning set.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wdouble-promotion"
#pragma GCC diagnostic ignored "-Woverloaded-virtual"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <systemc>
#include <tlm>
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#pragma GCC diagnostic pop

// SC_HAS_PROCESS is obsolete in IEEE 1666-2023 (SystemC 3.0), needed in 2.3.x.
#if defined(IEEE_1666_CPLUSPLUS) && SYSTEMC_VERSION >= 20230000
#define AIMC_HAS_PROCESS(module) static_assert(true, "")
#else
#define AIMC_HAS_PROCESS(module) SC_HAS_PROCESS(module)
#endif
