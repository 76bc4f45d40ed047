"""echo: Python's sockets as an echo server and its clients, with epoll.

    echo.py listen stream|many CLIENTS
        A server on a port of its own choice, which it prints.  It ends when
        so many associations have ended.
    echo.py talk stream|many HOST PORT CLIENTS MESSAGES
        So many clients at once send messages, and want each of them back.

"stream" is the one-to-one style, "many" the one-to-many style, where stream
number and payload protocol id of each message have to come back too.  With
WANT_STREAMS=no in the environment, they need not: the other side is a program
that does not keep them.

What is said is the count of messages and bytes; anything wrong is an
exception.
"""

import os
import random
import select
import socket
import struct
import sys

SCTP = 132
SCTP_EVENTS = 11
SCTP_SNDRCV = 1
MSG_NOTIFICATION = 0x8000
ASSOC_CHANGE = 0x8001
COMM_UP, COMM_LOST, SHUTDOWN_COMP = 0, 1, 3

# struct sctp_sndrcvinfo: stream, ssn, flags, ppid, context, timetolive, tsn,
# cumtsn, assoc_id
INFO = struct.Struct("=HHHxxIIIIIi")

LONGEST = 20000
ROOM = 65536


def fail(text):
    raise SystemExit("echo.py: " + text)


def port_of(address):
    return address[1]


# -- one-to-one ---------------------------------------------------------------


def listen_stream(clients):
    """Echo each message on the socket that it came from."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    listener.setblocking(False)
    print("listening on", port_of(listener.getsockname()), flush=True)
    ep = select.epoll()
    ep.register(listener, select.EPOLLIN)
    peers = {}
    waiting = {}
    ended = messages = size = 0
    while ended < clients:
        for fd, events in ep.poll():
            if fd == listener.fileno():
                try:
                    s, address = listener.accept()
                except BlockingIOError:
                    continue
                if s.getpeername() != address:
                    fail("accept() and getpeername() do not agree")
                s.setblocking(False)
                peers[s.fileno()] = s
                waiting[s.fileno()] = []
                ep.register(s, select.EPOLLIN)
                continue
            s = peers[fd]
            if events & select.EPOLLOUT:
                write(ep, s, waiting[fd])
            if not events & ~select.EPOLLOUT:
                continue
            try:
                data, _, flags, _ = s.recvmsg(ROOM)
            except BlockingIOError:
                continue
            if not data:
                ended += 1
                ep.unregister(s)
                s.close()
                del peers[fd], waiting[fd]
                continue
            if not flags & socket.MSG_EOR:
                fail("a message of %d bytes has no end" % len(data))
            messages += 1
            size += len(data)
            waiting[fd].append(data)
            write(ep, s, waiting[fd])
    if peers:
        fail("some are left")
    print("echoed", messages, size, flush=True)


def write(ep, s, queue):
    """Send what there is room for, and wait for room for the rest."""
    while queue:
        try:
            n = s.send(queue[0])
        except BlockingIOError:
            break
        if n != len(queue[0]):
            fail("half a message was sent")
        del queue[0]
    ep.modify(s, select.EPOLLIN | (select.EPOLLOUT if queue else 0))


class Client:
    """A client of either server, with its socket not blocking."""

    def __init__(self, host, port, messages):
        self.peer = (host, port)
        self.left = messages
        self.sent = None
        self.size = 0
        self.up = False
        self.rng = random.Random(port + messages)

    def next_message(self):
        if self.left == 0:
            return None
        self.left -= 1
        n = self.rng.choice((1, 2, 1000, 1452, self.rng.randint(1, LONGEST)))
        self.sent = self.rng.randbytes(n)
        self.size += n
        return self.sent

    def check(self, data):
        if data != self.sent:
            fail("%d bytes came back as %d others" %
                 (len(self.sent), len(data)))


class StreamClient(Client):
    def __init__(self, host, port, messages):
        super().__init__(host, port, messages)
        self.s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP)
        self.s.setblocking(False)
        try:
            self.s.connect(self.peer)
        except BlockingIOError:
            pass
        self.interest = select.EPOLLOUT

    def on_event(self, events):
        """What to wait for next, or 0: it is over."""
        if not self.up:
            err = self.s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if err != 0:
                fail("connect: " + os.strerror(err))
            if self.s.getpeername() != self.peer:
                fail("getpeername() is another")
            self.up = True
            return self.send()
        if events & select.EPOLLIN:
            data, _, flags, _ = self.s.recvmsg(ROOM)
            if not data:
                fail("the server has gone")
            if not flags & socket.MSG_EOR:
                fail("a message has no end")
            self.check(data)
            return self.send()
        fail("event %#x" % events)

    def send(self):
        data = self.next_message()
        if data is None:
            return 0
        if self.s.send(data) != len(data):
            fail("half a message was sent")
        return select.EPOLLIN


# -- one-to-many --------------------------------------------------------------


def open_many():
    s = socket.socket(socket.AF_INET, socket.SOCK_SEQPACKET, SCTP)
    s.bind(("127.0.0.1", 0))
    # Data with its information, and associations.
    s.setsockopt(SCTP, SCTP_EVENTS, bytes((1, 1, 0, 0, 0, 0, 0, 0)))
    s.setblocking(False)
    return s


def read_many(s):
    """(what, value, address): "data" with (bytes, stream, ppid, assoc), or
    "change" with (state, assoc)."""
    data, extra, flags, address = s.recvmsg(ROOM, 256)
    if flags & MSG_NOTIFICATION:
        kind, _, length = struct.unpack_from("=HHI", data)
        if kind != ASSOC_CHANGE:
            fail("notification %#x, which nobody asked for" % kind)
        if length != len(data):
            fail("a notification says %d bytes and has %d" %
                 (length, len(data)))
        state, _, _, _, assoc = struct.unpack_from("=HHHHi", data, 8)
        return "change", (state, assoc), address
    if not flags & socket.MSG_EOR:
        fail("a message of %d bytes has no end" % len(data))
    for level, kind, value in extra:
        if level == SCTP and kind == SCTP_SNDRCV:
            info = INFO.unpack(value[:INFO.size])
            return "data", (data, info[0], socket.ntohl(info[3]),
                            info[8]), address
    fail("data without its information")


def send_many(s, data, stream, ppid, assoc, address):
    info = INFO.pack(stream, 0, 0, socket.htonl(ppid), 0, 0, 0, 0, assoc)
    extra = [(SCTP, SCTP_SNDRCV, info)]
    if s.sendmsg([data], extra, 0, address) != len(data):
        fail("half a message was sent")


def listen_many(clients):
    """Echo each message to the association, and on the stream, that it came
    from."""
    s = open_many()
    s.listen(128)
    print("listening on", port_of(s.getsockname()), flush=True)
    ep = select.epoll()
    ep.register(s, select.EPOLLIN)
    up = set()
    ended = messages = size = 0
    waiting = []
    while ended < clients or waiting:
        ep.modify(s, select.EPOLLIN | (select.EPOLLOUT if waiting else 0))
        for _, events in ep.poll():
            try:
                while waiting:
                    send_many(s, *waiting[0])
                    del waiting[0]
            except BlockingIOError:
                pass
            try:
                what, value, address = read_many(s)
            except BlockingIOError:
                continue
            if what == "change":
                state, assoc = value
                if state == COMM_UP:
                    up.add(assoc)
                elif state in (SHUTDOWN_COMP, COMM_LOST):
                    up.remove(assoc)
                    ended += 1
                continue
            data, stream, ppid, assoc = value
            if assoc not in up:
                fail("data of association %d, which is not up" % assoc)
            messages += 1
            size += len(data)
            waiting.append((data, stream, ppid, assoc, address))
            try:
                send_many(s, *waiting[0])
                del waiting[0]
            except BlockingIOError:
                pass
    print("echoed", messages, size, flush=True)


class ManyClient(Client):
    def __init__(self, host, port, messages):
        super().__init__(host, port, messages)
        self.s = open_many()
        self.assoc = 0
        self.is_strict = os.environ.get("WANT_STREAMS") != "no"
        # The first message sets up the association.
        self.send()
        self.interest = select.EPOLLIN

    def on_event(self, _):
        what, value, address = read_many(self.s)
        if what == "change":
            state, assoc = value
            if state != COMM_UP:
                fail("association change %d" % state)
            self.assoc = assoc
            return select.EPOLLIN
        data, stream, ppid, assoc = value
        if address != self.peer:
            fail("an answer from %s" % (address,))
        if assoc != self.assoc:
            fail("association %d became %d" % (self.assoc, assoc))
        self.check(data)
        if self.is_strict and (stream, ppid) != (self.stream, self.ppid):
            fail("stream %d, ppid %d came back as %d, %d" %
                 (self.stream, self.ppid, stream, ppid))
        return select.EPOLLIN if self.send() else 0

    def send(self):
        data = self.next_message()
        if data is None:
            return False
        self.stream = self.rng.randint(0, 4)
        self.ppid = self.rng.randint(0, 0xFFFFFFFF)
        send_many(self.s, data, self.stream, self.ppid, 0, self.peer)
        return True


def talk(kind, host, port, clients, messages):
    ep = select.epoll()
    open_ones = {}
    size = 0
    for _ in range(clients):
        c = kind(host, port, messages)
        open_ones[c.s.fileno()] = c
        ep.register(c.s, c.interest)
    while open_ones:
        for fd, events in ep.poll():
            c = open_ones[fd]
            interest = c.on_event(events)
            if interest:
                ep.modify(fd, interest)
                continue
            size += c.size
            ep.unregister(fd)
            c.s.close()
            del open_ones[fd]
    print("echoed", clients * messages, size, flush=True)


def main(args):
    if args[0] == "listen":
        (listen_stream if args[1] == "stream" else listen_many)(int(args[2]))
    else:
        talk(StreamClient if args[1] == "stream" else ManyClient, args[2],
             int(args[3]), int(args[4]), int(args[5]))


main(sys.argv[1:])
