# Cortex-M4, without its floating point unit: nothing here computes in floating point.
set(NETCTL_BOARD_CPU -mcpu=cortex-m4 -mthumb -mfloat-abi=soft)
set(NETCTL_BOARD_ARCH armv7m)
set(NETCTL_BOARD_STARTUP cortex_m)
