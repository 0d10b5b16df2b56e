# Cortex-M4. Its floating point unit stays off: nothing here computes in floating point.
set(NETCTL_BOARD_CPU -mcpu=cortex-m4 -mthumb -mfloat-abi=soft)
set(NETCTL_BOARD_ARCH armv7m)
set(NETCTL_BOARD_STARTUP cortex_m)
set(NETCTL_BOARD_CHIP stm32f4)
