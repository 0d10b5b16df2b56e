# agent.elf, its map file and its size table for NETCTL_BOARD.
set(board_dir "${CMAKE_CURRENT_SOURCE_DIR}/boards/${NETCTL_BOARD}")
if(NOT EXISTS "${board_dir}/linker.ld")
  message(FATAL_ERROR "agent/boards/${NETCTL_BOARD}/linker.ld: no such board")
endif()

netctl_board_sources(board_sources ${NETCTL_BOARD})
# What all cores share, the core's start-up, and what the boards with the same chip share.
set(shared_folders bare_metal ${NETCTL_BOARD_STARTUP} ${NETCTL_BOARD_CHIP})
set(shared_sources "")
set(linker_scripts "")
set(linker_folders "")
foreach(folder IN LISTS shared_folders)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc ${folder}/*.S)
  file(GLOB scripts CONFIGURE_DEPENDS ${folder}/*.ld)
  list(APPEND shared_sources ${sources})
  list(APPEND linker_scripts ${scripts})
  list(APPEND linker_folders "-L${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
endforeach()

add_executable(agent.elf ${shared_sources} ${board_sources})
target_link_libraries(agent.elf PRIVATE netctl_embedded_options agent_core protocol drivers stack
                                        stack_base)
target_link_options(
  agent.elf
  PRIVATE
  -nostartfiles
  -Wl,--gc-sections
  "-T${board_dir}/linker.ld"
  ${linker_folders}
  "-Wl,-Map=${PROJECT_BINARY_DIR}/agent.map")
set_target_properties(agent.elf PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}"
                                           LINK_DEPENDS "${board_dir}/linker.ld;${linker_scripts}")

find_package(Python3 COMPONENTS Interpreter REQUIRED)
add_custom_command(
  TARGET agent.elf
  POST_BUILD
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/scripts/size_report.py" agent.map
  WORKING_DIRECTORY "${PROJECT_BINARY_DIR}"
  VERBATIM)
