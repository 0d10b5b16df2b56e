# build_info.h: the version and a 64-bit identity of the sources the agent is made of.
# Included by the root it defines the target; run with -P at build time it writes the header, and
# only when its content changes.

if(CMAKE_SCRIPT_MODE_FILE)
  set(sources "")
  foreach(folder agent drivers protocol stack)
    file(GLOB_RECURSE found RELATIVE "${SOURCE_DIR}" "${SOURCE_DIR}/${folder}/*.cc"
         "${SOURCE_DIR}/${folder}/*.h" "${SOURCE_DIR}/${folder}/*.S" "${SOURCE_DIR}/${folder}/*.ld")
    list(APPEND sources ${found})
  endforeach()
  list(SORT sources)
  set(manifest "")
  foreach(source IN LISTS sources)
    file(SHA256 "${SOURCE_DIR}/${source}" digest)
    string(APPEND manifest "${source} ${digest}\n")
  endforeach()
  string(SHA256 digest "${manifest}")
  string(SUBSTRING "${digest}" 0 16 build_id)

  set(describe "")
  find_program(GIT git)
  if(GIT AND EXISTS "${SOURCE_DIR}/.git")
    execute_process(
      COMMAND "${GIT}" -C "${SOURCE_DIR}" describe --always --dirty --abbrev=10 --match "v[0-9]*"
      OUTPUT_VARIABLE describe
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  set(version "${VERSION}")
  if(NOT describe STREQUAL "" AND NOT describe STREQUAL "v${VERSION}")
    string(APPEND version "+${describe}")
  endif()

  file(
    CONFIGURE
    OUTPUT "${OUTPUT}"
    CONTENT
      [[// Written by the build: scripts/cmake/build_info.cmake.
#pragma once

#include <cstdint>

// The project's version, and the commit where the tree is a git checkout.
inline constexpr char kVersion[] = "@version@";

// Over the content of agent/, drivers/, protocol/ and stack/: the same sources, the same id.
inline constexpr uint64_t kBuildId = 0x@build_id@ULL;
]]
    @ONLY)
  return()
endif()

set(NETCTL_GENERATED_DIR "${PROJECT_BINARY_DIR}/generated")
add_custom_target(
  build_info_header
  COMMAND
    ${CMAKE_COMMAND} -D SOURCE_DIR=${PROJECT_SOURCE_DIR} -D VERSION=${PROJECT_VERSION} -D
    OUTPUT=${NETCTL_GENERATED_DIR}/build_info.h -P ${PROJECT_SOURCE_DIR}/scripts/cmake/build_info.cmake
  BYPRODUCTS ${NETCTL_GENERATED_DIR}/build_info.h
  COMMENT "Checking build_info.h"
  VERBATIM)
add_library(build_info INTERFACE)
target_include_directories(build_info INTERFACE "${NETCTL_GENERATED_DIR}")
add_dependencies(build_info build_info_header)
