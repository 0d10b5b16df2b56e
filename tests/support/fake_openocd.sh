#!/bin/bash
# OpenOCD without a probe: a Tcl port on stdin and stdout that knows what `netctl flash` needs.
#
# FAKE_OPENOCD_COMMANDS  file that gets every command, one per line
# FAKE_OPENOCD_ID        DBGMCU_IDCODE, default that of an STM32F407
# FAKE_OPENOCD_HOLDS     not empty: the image is there already
# FAKE_OPENOCD_PROTECTED sector that is write-protected
# FAKE_OPENOCD_BANKS     number of flash banks, default 2
# FAKE_OPENOCD_FAIL      COMMAND=TEXT: commands that begin so say TEXT on stderr and fail
# FAKE_OPENOCD_DIE       commands that begin so end the process

flash_info() {
  local offset=0 number=0 size state
  echo "#0 : stm32f2x at 0x08000000, size 0x00100000, buswidth 0, chipwidth 0"
  for size in 16 16 16 16 64 128 128 128 128 128 128 128; do
    state="not protected"
    [ "$number" = "$FAKE_OPENOCD_PROTECTED" ] && state="protected"
    printf '\t#%3d: 0x%08x (0x%x %dkB) %s\n' $number $offset $((size << 10)) $size "$state"
    offset=$((offset + (size << 10)))
    number=$((number + 1))
  done
}

# Sets code and result, as catch has them.
run() {
  local prefix="${FAKE_OPENOCD_FAIL%%=*}"
  code=0
  result=""
  if [ -n "$FAKE_OPENOCD_DIE" ] && [[ "$1" == "$FAKE_OPENOCD_DIE"* ]]; then
    echo "Error: libusb went away" >&2
    exit 1
  fi
  if [ -n "$prefix" ] && [[ "$1" == "$prefix"* ]]; then
    echo "${FAKE_OPENOCD_FAIL#*=}" >&2
    code=1
    result="failed"
    return
  fi
  case "$1" in
    "poll off; target names") result="chip.cpu" ;;
    "[target current] was_examined") result=1 ;;
    "llength [flash list]") result="${FAKE_OPENOCD_BANKS:-2}" ;;
    "flash info 0") result="$(flash_info)" ;;
    "read_memory 0xe0042000 32 1") result="${FAKE_OPENOCD_ID:-0x100f6413}" ;;
    *verify_image_checksum*) result="${FAKE_OPENOCD_HOLDS:+same}" ;;
  esac
}

if [ "$1" = --version ]; then
  echo "Open On-Chip Debugger 0.12.0" >&2
  exit 0
fi
end=$'\x1a'
form='^list (netctl\.[0-9]+) \[catch \{(.*)\} netctl_result\] \$netctl_result$'
while IFS= read -r -d "$end" line; do
  [[ "$line" =~ $form ]] || continue
  tag="${BASH_REMATCH[1]}"
  script="${BASH_REMATCH[2]}"
  [ -n "$FAKE_OPENOCD_COMMANDS" ] && printf '%s\n' "$script" >> "$FAKE_OPENOCD_COMMANDS"
  run "$script"
  printf '%s %s {%s}%s' "$tag" "$code" "$result" "$end"
done
