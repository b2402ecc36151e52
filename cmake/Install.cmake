# cmake --install: bin/cnnc, the C++ builder, what they need to run, and the package that
# find_package(cnnc) finds.
include(CMakePackageConfigHelpers)

# Halide is brought along; LLVM and MLIR are the system's.
set_target_properties(cnnc PROPERTIES INSTALL_RPATH "$ORIGIN/../lib;${LLVM_LIBRARY_DIR}")
install(TARGETS cnnc EXPORT cnncTargets RUNTIME DESTINATION bin)
set_target_properties(cnnc_builder PROPERTIES INSTALL_RPATH "$ORIGIN;${LLVM_LIBRARY_DIR}")
install(TARGETS cnnc_builder EXPORT cnncTargets LIBRARY DESTINATION lib FILE_SET HEADERS DESTINATION include)
install(IMPORTED_RUNTIME_ARTIFACTS Halide::Halide RUNTIME_DEPENDENCY_SET halide LIBRARY DESTINATION lib)

# The runtime, for programs that load networks without a library of their own.
install(TARGETS cnnrt ARCHIVE DESTINATION lib)
install(FILES ${PROJECT_SOURCE_DIR}/runtime/include/cnnrt.h
  ${PROJECT_SOURCE_DIR}/runtime/include/cnnrt_io.h DESTINATION include)

set(package lib/cmake/cnnc)
install(EXPORT cnncTargets NAMESPACE cnnc:: DESTINATION ${package})
configure_package_config_file(cmake/cnncConfig.cmake.in cnncConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(cnncConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cnncConfig.cmake ${PROJECT_BINARY_DIR}/cnncConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/CnncAddNetwork.cmake DESTINATION ${package})
