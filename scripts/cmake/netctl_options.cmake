# Compiler settings every target of ours gets.

if(NETCTL_BOARD AND NOT NETCTL_BOARD STREQUAL "sim")
  set(NETCTL_FIRMWARE ON)
  set(NETCTL_ARCH "${NETCTL_BOARD_ARCH}")
else()
  set(NETCTL_FIRMWARE OFF)
  set(NETCTL_ARCH "host")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# ccache may share objects compiled with a precompiled header only with these two relaxations.
find_program(NETCTL_CCACHE ccache)
if(NETCTL_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${NETCTL_CCACHE})
endif()

add_library(netctl_options INTERFACE)
target_include_directories(netctl_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(
  netctl_options
  INTERFACE -Wall
            -Wextra
            -Wconversion
            -Wshadow
            -Werror
            # Members have initialisers; a designated initialiser names what matters.
            -Wno-missing-field-initializers
            # No path of the building machine in an image, and the same image in every folder.
            "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=."
            "-ffile-prefix-map=${PROJECT_BINARY_DIR}=.")

# Below host-cli: the same language on every target.
add_library(netctl_embedded_options INTERFACE)
target_link_libraries(netctl_embedded_options INTERFACE netctl_options)
target_compile_options(netctl_embedded_options INTERFACE -fno-exceptions -fno-rtti)

# Above: exceptions, RTTI, the standard library's containers.
add_library(netctl_hosted_options INTERFACE)
target_link_libraries(netctl_hosted_options INTERFACE netctl_options)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlaps inside std::string that are not there (GCC PR 105329, PR 105651).
  target_compile_options(netctl_hosted_options
                         INTERFACE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
endif()

if(NETCTL_FIRMWARE)
  set(NETCTL_OPTIMIZE "-O2" CACHE STRING "Optimisation of the firmware: -O2 or -Os")
  option(NETCTL_ASSERT "Keep assert() in the firmware" OFF)
  target_compile_options(
    netctl_options
    INTERFACE ${NETCTL_OPTIMIZE}
              -g
              -ffunction-sections
              -fdata-sections
              -fno-threadsafe-statics
              -fno-use-cxa-atexit
              -fno-unwind-tables
              -fno-asynchronous-unwind-tables)
  if(NOT NETCTL_ASSERT)
    target_compile_definitions(netctl_options INTERFACE NDEBUG)
  endif()
else()
  target_link_options(netctl_options INTERFACE -Wl,--as-needed)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NETCTL_CCACHE)
    target_compile_options(netctl_options INTERFACE -fpch-preprocess)
  elseif(NETCTL_CCACHE)
    target_compile_options(netctl_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  if(NETCTL_SANITIZE)
    # vptr needs run-time type information, which the code below host-cli does without.
    target_compile_options(
      netctl_options INTERFACE -fsanitize=${NETCTL_SANITIZE} -fno-sanitize=vptr
                               -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(netctl_options INTERFACE -fsanitize=${NETCTL_SANITIZE} -fno-sanitize=vptr)
  endif()
endif()
