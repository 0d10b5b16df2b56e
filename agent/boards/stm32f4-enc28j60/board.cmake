include("${CMAKE_CURRENT_LIST_DIR}/../../stm32f4/chip.cmake")
