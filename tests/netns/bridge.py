#!/usr/bin/env python3
"""Joins two network interfaces and delays or loses what passes between them.

It stands in for `tc netem`, which many kernels lack, and needs no more rights than those of an
own user and network namespace. Frames other than IPv4 and IPv6 are never lost: a lost ARP
request would look like a host that is gone. Runs until it is killed.
"""

import argparse
import heapq
import random
import select
import socket
import struct
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4  # if_packet.h: a copy of what was sent here
MOST_IDLE = 0.05  # seconds
IPV4, IPV6, TCP = 0x0800, 0x86DD, 6
SYN = 0x02


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interfaces", nargs=2)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="one way")
    parser.add_argument("--jitter-ms", type=float, default=0.0, help="either side of the delay")
    parser.add_argument("--loss-percent", type=float, default=0.0, help="one way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ready", required=True, help="a pipe that gets a line when it runs")
    parser.add_argument("--lost", required=True, help="a file for the handshakes that were lost")
    return parser.parse_args()


def opened(interface):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    raw.bind((interface, 0))
    raw.setblocking(False)
    return raw


def handshake(frame):
    """The two ports, smaller first, of a frame that opens a connection; else none."""
    (kind,) = struct.unpack_from("!H", frame, 12)
    if kind == IPV4:
        start, protocol = 14 + 4 * (frame[14] & 15), frame[23]
    elif kind == IPV6:
        start, protocol = 54, frame[20]
    else:
        return None
    if protocol != TCP or len(frame) < start + 14 or not frame[start + 13] & SYN:
        return None
    return sorted(struct.unpack_from("!HH", frame, start))


class Bridge:
    def __init__(self, options):
        left, right = (opened(interface) for interface in options.interfaces)
        self.other = {left: right, right: left}
        self.delay, self.jitter = options.delay_ms / 1e3, options.jitter_ms / 1e3
        self.loss = options.loss_percent / 100
        self.chance = random.Random(options.seed)
        self.lost = open(options.lost, "w", encoding="ascii", buffering=1)
        self.waiting, self.count = [], 0

    def is_lost(self, frame):
        (kind,) = struct.unpack_from("!H", frame, 12)
        return kind in (IPV4, IPV6) and self.chance.random() < self.loss

    def take(self, source):
        try:
            frame, address = source.recvfrom(65536)
        except BlockingIOError:
            return False
        if address[2] == PACKET_OUTGOING:
            return True
        if self.is_lost(frame):
            ports = handshake(frame)
            if ports:
                print(*ports, file=self.lost)
            return True
        late = self.delay + self.chance.uniform(-self.jitter, self.jitter)
        self.count += 1  # what leaves at the same time keeps its order
        leaves = time.monotonic() + max(0.0, late)
        heapq.heappush(self.waiting, (leaves, self.count, self.other[source], frame))
        return True

    def give(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, target, frame = heapq.heappop(self.waiting)
            try:
                target.send(frame)
            except OSError:
                pass  # the interface is down or full: a loss like any other

    def run(self):
        while True:
            self.give()
            idle = self.waiting[0][0] - time.monotonic() if self.waiting else MOST_IDLE
            ready, _, _ = select.select(list(self.other), [], [], max(0.0, min(MOST_IDLE, idle)))
            for source in ready:
                while self.take(source):
                    pass


def main():
    options = arguments()
    bridge = Bridge(options)
    with open(options.ready, "w", encoding="ascii") as pipe:
        print("ready", file=pipe)
    bridge.run()


main()
