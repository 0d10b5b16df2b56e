# Bare-metal Arm with Debian's gcc-arm-none-eabi and newlib-nano. The board's own board.cmake
# (optional) may set
#   NETCTL_BOARD_CPU      compiler flags that choose the core       (-mcpu=cortex-m4 -mthumb)
#   NETCTL_BOARD_ARCH     folder name of architecture-specific code (armv7m)
#   NETCTL_BOARD_STARTUP  folder under agent/ with the start-up     (cortex_m)
#   NETCTL_BOARD_CHIP     folder under agent/ that boards with the same chip share
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES NETCTL_BOARD)

set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_ASM_COMPILER arm-none-eabi-gcc)
set(CMAKE_AR arm-none-eabi-ar)
set(CMAKE_RANLIB arm-none-eabi-ranlib)

set(NETCTL_BOARD_CPU -mcpu=cortex-m4 -mthumb)
set(NETCTL_BOARD_ARCH armv7m)
set(NETCTL_BOARD_STARTUP cortex_m)
include("${CMAKE_CURRENT_LIST_DIR}/../../agent/boards/${NETCTL_BOARD}/board.cmake" OPTIONAL)

list(JOIN NETCTL_BOARD_CPU " " CMAKE_CXX_FLAGS_INIT)
set(CMAKE_ASM_FLAGS_INIT "${CMAKE_CXX_FLAGS_INIT}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "--specs=nano.specs --specs=nosys.specs")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
