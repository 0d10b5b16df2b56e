"""A seeded, lossy wire between the kernel's TAP device and the one of the simulated board."""

import fcntl
import os
import random
import select
import socket
import struct
import sys

TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x0002 | 0x1000
FRAME = 2048


def main(host_tap, board_tap, loss, seed):
    """Frames go between the TAP `host_tap` (held here) and the network side of `board_tap` until the process is ended."""
    host = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(host, TUNSETIFF, struct.pack("16sH22x", host_tap.encode(), IFF_TAP_NO_PI))
    board = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    board.bind((board_tap, 0))
    board.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    dice = random.Random(seed)
    print("ready", flush=True)
    while True:
        for ready in select.select([host, board], [], [])[0]:
            if ready is board:
                frame, address = board.recvfrom(FRAME)
                if address[2] == socket.PACKET_OUTGOING:
                    continue
                if dice.random() >= loss:
                    os.write(host, frame)
            else:
                frame = os.read(host, FRAME)
                if dice.random() >= loss:
                    board.send(frame)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
