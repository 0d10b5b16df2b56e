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


class Loss:
    """Loses one frame of every `1 / rate`, at a random place among them: a few hundred frames never get through whole."""

    def __init__(self, rate, seed):
        self.block = round(1 / rate)
        self.dice = random.Random(seed)
        self.left = 0
        self.loses_at = 0

    def takes(self):
        """Whether the next frame is lost."""
        if self.left == 0:
            self.left = self.block
            self.loses_at = self.dice.randint(1, self.block)
        lost = self.left == self.loses_at
        self.left -= 1
        return lost


def main(host_tap, board_tap, loss, seed):
    """Frames go between the TAP `host_tap` (held here) and the network side of `board_tap` until the process is ended."""
    host = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(host, TUNSETIFF, struct.pack("16sH22x", host_tap.encode(), IFF_TAP_NO_PI))
    board = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    board.bind((board_tap, 0))
    board.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    to_host = Loss(loss, seed)
    to_board = Loss(loss, seed + 1)
    print("ready", flush=True)
    while True:
        for ready in select.select([host, board], [], [])[0]:
            if ready is board:
                frame, address = board.recvfrom(FRAME)
                if address[2] == socket.PACKET_OUTGOING:
                    continue
                if not to_host.takes():
                    os.write(host, frame)
            else:
                frame = os.read(host, FRAME)
                if not to_board.takes():
                    board.send(frame)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
