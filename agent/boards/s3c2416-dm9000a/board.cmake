# ARM926EJ-S in ARM state: its copy loops are plain C++, the bus to the MAC is what takes the time.
set(NETCTL_BOARD_CPU -mcpu=arm926ej-s -marm -mfloat-abi=soft)
set(NETCTL_BOARD_ARCH armv5te)
set(NETCTL_BOARD_STARTUP arm926)
