# SPDX-License-Identifier: Apache-2.0
# Install the rooms, their headers and a package file, so that find_package(aimc) works.
include(CMakePackageConfigHelpers)
install(TARGETS aimc_options aimc_warnings ${AIMC_ROOMS} EXPORT aimcTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS sim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/aimc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT aimcTargets NAMESPACE aimc:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aimc)
configure_package_config_file(scripts/cmake/aimcConfig.cmake.in
  ${PROJECT_BINARY_DIR}/aimcConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aimc)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/aimcConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/aimcConfig.cmake ${PROJECT_BINARY_DIR}/aimcConfigVersion.cmake
  scripts/cmake/FindSystemC.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/aimc)
