# agent.elf, its map file and its size table for NETCTL_BOARD.
set(board_dir "${CMAKE_CURRENT_SOURCE_DIR}/boards/${NETCTL_BOARD}")
if(NOT EXISTS "${board_dir}/linker.ld")
  message(FATAL_ERROR "agent/boards/${NETCTL_BOARD}/linker.ld: no such board")
endif()

netctl_board_sources(board_sources ${NETCTL_BOARD})
file(GLOB_RECURSE startup_sources CONFIGURE_DEPENDS ${NETCTL_BOARD_STARTUP}/*.cc
     ${NETCTL_BOARD_STARTUP}/*.S)

add_executable(agent.elf ${startup_sources} ${board_sources})
target_link_libraries(agent.elf PRIVATE netctl_embedded_options agent_core protocol drivers stack
                                        stack_base)
target_link_options(
  agent.elf
  PRIVATE
  -nostartfiles
  -Wl,--gc-sections
  "-T${board_dir}/linker.ld"
  "-L${CMAKE_CURRENT_SOURCE_DIR}/${NETCTL_BOARD_STARTUP}"
  "-Wl,-Map=${PROJECT_BINARY_DIR}/agent.map")
file(GLOB linker_scripts CONFIGURE_DEPENDS "${board_dir}/*.ld" "${NETCTL_BOARD_STARTUP}/*.ld")
set_target_properties(agent.elf PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}"
                                           LINK_DEPENDS "${linker_scripts}")

find_package(Python3 COMPONENTS Interpreter REQUIRED)
add_custom_command(
  TARGET agent.elf
  POST_BUILD
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/scripts/size_report.py" agent.map
  WORKING_DIRECTORY "${PROJECT_BINARY_DIR}"
  VERBATIM)
