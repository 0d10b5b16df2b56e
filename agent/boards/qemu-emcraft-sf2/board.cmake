set(NETCTL_BOARD_CPU -mcpu=cortex-m3 -mthumb -mfloat-abi=soft)
set(NETCTL_BOARD_ARCH armv7m)
set(NETCTL_BOARD_STARTUP cortex_m)
