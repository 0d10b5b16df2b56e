"""What the end-to-end tests share: running netctl as a user does, targets that stay up, servers on loopback."""

import contextlib
import ctypes
import hashlib
import http.server
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NETCTL = os.environ.get("NETCTL", os.path.join(TOP, "build/bin/netctl"))
AGENT_SIM = os.environ.get("NETCTL_AGENT_SIM", os.path.join(os.path.dirname(NETCTL), "netctl_agent_sim"))
VPROBE = os.path.join(os.path.dirname(NETCTL), "vprobe")
FAULT_PROXY = os.path.join(os.path.dirname(NETCTL), "netctl_fault_proxy")
QEMU = os.environ.get("NETCTL_QEMU", "qemu-system-arm")
FIRMWARE = os.path.join(os.environ.get("NETCTL_FIRMWARE_DIR", os.path.join(TOP, "build/firmware")), "qemu-mps2-an386/agent.elf")
SKIPPED = 77


class Result:
    """Exit code and output of one run."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out, self.err = arguments, code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def events(self):
        """JSON Lines of a stream, as (event, data)."""
        return [(line["event"], line["data"]) for line in map(json.loads, self.out.splitlines())]

    def __repr__(self):
        return f"{' '.join(self.arguments)} -> {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class NetctlTest(unittest.TestCase):
    """Each class has runtime and lock folders of its own, so that tests do not meet."""

    target = "qemu"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="netctl-test-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.environment = dict(os.environ, XDG_RUNTIME_DIR=cls.folder, NETCTL_LOCK_DIR=cls.folder,
                               XDG_CONFIG_HOME=cls.folder, NO_COLOR="1")
        cls.environment.pop("NETCTL_TARGET", None)

    @classmethod
    def command(cls, *arguments, target=None):
        target = cls.target if target is None else target
        return [NETCTL, *(["-t", target] if target else []), *map(str, arguments)]

    @classmethod
    def popen(cls, *arguments, target=None, **options):
        """A netctl that runs beside the test; end it with stop()."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("env", cls.environment)
        return subprocess.Popen(cls.command(*arguments, target=target), cwd=cls.folder, stdin=subprocess.DEVNULL,
                                **options)

    @classmethod
    def netctl(cls, *arguments, target=None, timeout=90, **options):
        process = cls.popen(*arguments, target=target, **options)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"netctl hangs: {Result(process.args, None, out.decode(), err.decode())}")
        return Result(process.args, process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def run_ok(self, *arguments, **options):
        result = self.netctl(*arguments, **options)
        self.assertEqual(result.code, 0, result)
        return result

    @contextlib.contextmanager
    def started(self, name="qemu"):
        """A broker for target `name`, and its entry of 'target list'."""
        self.run_ok("target", "start", name, target="")
        try:
            entries = self.run_ok("target", "list", "--json", target="").json["targets"]
            yield next(entry for entry in entries if entry["name"] == name)
        finally:
            self.netctl("target", "stop", name, target="")


def ask(path, command):
    """One command to a vprobe's control socket; its answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(path)
        connection.sendall(command.encode() + b"\n")
        return connection.makefile().readline().strip()


class VirtualProbe:
    """A vprobe that stays plugged in; programs that are started with `environment` see it."""

    def __init__(self, process, environment, control):
        self.process, self.environment, self._control = process, environment, control

    def control(self, command):
        """One command to vprobe; its answer."""
        return ask(self._control, command)


def _quick_timers():
    """What vprobe does for its own children, for ours: the preloaded library naps after every system call."""
    ctypes.CDLL(None).prctl(29, 1, 0, 0, 0)  # PR_SET_TIMERSLACK


@contextlib.contextmanager
def virtual_probe(target, *options, base_environment):
    """vprobe TARGET, until the end of the block."""
    _quick_timers()
    with tempfile.TemporaryDirectory(prefix="netctl-vprobe-") as folder:
        ready, control = os.path.join(folder, "environment"), os.path.join(folder, "control")
        keep = f"env -0 > {ready}.new && mv {ready}.new {ready} && exec sleep 3600"
        process = subprocess.Popen([VPROBE, *options, "--control", control, target, "--", "sh", "-c", keep],
                                   env=base_environment, stdin=subprocess.DEVNULL)
        try:
            wait_for(lambda: os.path.exists(ready) or process.poll() is not None, 60, "vprobe")
            if not os.path.exists(ready):
                raise AssertionError(f"vprobe ended with {process.poll()}")
            with open(ready, encoding="utf-8") as file:
                environment = dict(entry.split("=", 1) for entry in file.read().split("\0") if entry)
            yield VirtualProbe(process, environment, control)
        finally:
            stop(process)


def stop(process, timeout=10):
    """Ends a program that this test started; returns what it printed."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


def wait_for(condition, seconds=10, what="the condition"):
    """Polls until `condition()` is true; its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come true within {seconds} s")


def random_bytes(size, seed):
    return random.Random(seed).randbytes(size)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def http_server(files, address="127.0.0.1"):
    """Serves {path: bytes}; yields the port."""
    server = http.server.ThreadingHTTPServer((address, 0), _Handler)
    server.files = files
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def tcp_server(handler, address="127.0.0.1"):
    """Calls handler(connection) for each connection; yields the port."""
    listener = socket.create_server((address, 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                handler(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def free_port():
    """A TCP port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def monitor(path, command):
    """One command to QEMU's monitor."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(path)
        text = b""
        while b"(qemu)" not in text:
            text += connection.recv(4096)
        connection.sendall(command.encode() + b"\n")
        text = b""
        while b"(qemu)" not in text:
            text += connection.recv(4096)
        return text.decode(errors="replace")


def need(*programs):
    """Skips the whole test, by its exit code, when a program is missing."""
    for program in programs:
        if shutil.which(program) is None:
            print(f"skipped: {program} is not installed")
            sys.exit(SKIPPED)


def children_of(pid):
    with contextlib.suppress(FileNotFoundError):
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    return []


def alive(pid):
    with contextlib.suppress(FileNotFoundError):
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    return False
