# SPDX-License-Identifier: Apache-2.0
# aimc_room(): one folder, one library, one set of flags. The only place where flags live.

add_library(aimc_options INTERFACE)
add_library(aimc::options ALIAS aimc_options)
set_target_properties(aimc_options PROPERTIES EXPORT_NAME options)
target_compile_features(aimc_options INTERFACE cxx_std_17)
# a*b+c must round twice on every machine: fused multiply-add would change counts (design: bit-for-bit)
target_compile_options(aimc_options INTERFACE -ffp-contract=off
  # our libraries are static: a function may be inlined although the code could move (-fPIC)
  $<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
target_include_directories(aimc_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

add_library(aimc_warnings INTERFACE)
add_library(aimc::warnings ALIAS aimc_warnings)
set_target_properties(aimc_warnings PROPERTIES EXPORT_NAME warnings)
target_compile_options(aimc_warnings INTERFACE $<BUILD_INTERFACE:-Wall -Wextra -Wpedantic -Wshadow
  -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Wdouble-promotion $<$<BOOL:${AIMC_WERROR}>:-Werror>
  # g++ 12 sees overflows inside fmt and uninitialised variants that are not there
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-maybe-uninitialized>>)

set(AIMC_ROOMS "" CACHE INTERNAL "libraries to install")

function(aimc_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES;PRIVATE_USES" ${ARGN})
  add_library(aimc_${name} STATIC ${ROOM_SOURCES})
  add_library(aimc::${name} ALIAS aimc_${name})
  set_target_properties(aimc_${name} PROPERTIES EXPORT_NAME ${name}
    POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(aimc_${name}
    PUBLIC aimc_options ${ROOM_USES} PRIVATE aimc_warnings ${ROOM_PRIVATE_USES})
  set(AIMC_ROOMS ${AIMC_ROOMS} aimc_${name} CACHE INTERNAL "libraries to install")
endfunction()
