"""The kernel's audit for the duration, and an audit daemon with a log of its own."""

import dataclasses
import pathlib
import re
import subprocess
import time
import uuid

from . import processes

CONFIGURATION = """\
local_events = yes
write_logs = yes
log_file = {log}
log_format = ENRICHED
flush = INCREMENTAL_ASYNC
freq = 50
max_log_file = 512
max_log_file_action = IGNORE
num_logs = 2
priority_boost = 0
name_format = NONE
space_left = 2
space_left_action = IGNORE
admin_space_left = 1
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
q_depth = 20000
overflow_action = SYSLOG
plugin_dir = {plugins}
"""
BACKLOG = 8192
# Fields that stand in hexadecimal when they hold a space or a special byte (audit_encode_nv_string(3)).
ENCODED = {"acct", "cmd", "cwd", "exe", "info", "key", "name", "rule", "vm"}


@dataclasses.dataclass
class AuditRecord:
    """One record as ausearch --raw prints it: its type, event number and fields, decoded."""

    type: str
    time: float
    serial: int
    fields: dict
    raw: str

    def __getattr__(self, name):
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(f"no field {name} in: {self.raw}") from None


def kernel_state():
    """`auditctl -s` as a dictionary of numbers."""
    output = subprocess.run(["auditctl", "-s"], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in output.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].lstrip("-").isdigit()}


def configure(option, value):
    subprocess.run(["auditctl", option, str(value)], check=True, stdout=subprocess.DEVNULL)


class AuditDaemon:
    """Uses the daemon of the machine when one runs, and leaves it as it was; else starts one and ends it."""

    def __init__(self, layout):
        self.layout = layout
        self.process = None
        self.before = None
        self.log = None
        self.own = False

    def start(self):
        running = self._wait_for_other_private_daemon()
        self.before = kernel_state()
        if running:
            self.log = pathlib.Path("/var/log/audit/audit.log")
            if not self.log.exists():
                raise SystemExit(f"private gateway: an audit daemon runs (pid {running}) but has no {self.log}")
            if not self.before["enabled"]:
                configure("-e", 1)
            return
        self.own = True
        self.log = self.layout.audit / "audit.log"
        plugins = self.layout.audit / "plugins.d"
        plugins.mkdir(exist_ok=True)
        plugins.chmod(0o750)
        configuration = self.layout.audit / "auditd.conf"
        configuration.write_text(CONFIGURATION.format(log=self.log, plugins=plugins))
        configuration.chmod(0o640)
        self.layout.audit.chmod(0o750)
        configure("-b", BACKLOG)
        self.resume()

    def resume(self):
        """Starts our own daemon, also after `pause`. It enables audit in the kernel."""
        self.process = processes.start(
            ["/usr/sbin/auditd", "-n", "-c", self.layout.audit], self.layout.logs / "auditd.log")
        ready = lambda: kernel_state()["pid"] == self.process.pid and kernel_state()["enabled"] == 1
        if not processes.eventually(ready):
            raise SystemExit(
                "private gateway: auditd did not start\n" + (self.layout.logs / "auditd.log").read_text())

    def pause(self):
        """Stops our own daemon. It disables audit in the kernel, as auditd(8) does when it ends."""
        processes.stop(self.process)
        self.process = None

    def stop(self):
        if self.process:
            self.pause()
        if self.before:
            configure("-b", self.before["backlog_limit"])
            configure("-e", self.before["enabled"])
            self.before = None

    def _wait_for_other_private_daemon(self, patience=900):
        """The pid of the machine's daemon or 0. One of another private gateway is waited for: there is but one."""
        end = time.monotonic() + patience
        while True:
            pid = kernel_state()["pid"]
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if pid else []
            except FileNotFoundError:
                continue
            if not pid or b"-c" not in words:
                return pid
            if time.monotonic() > end:
                raise SystemExit(f"private gateway: another one's audit daemon still runs (pid {pid})")
            time.sleep(0.5)

    def position(self):
        """Where the log ends with what has been recorded until now, in bytes, to be given to `records`."""
        end = self.log.stat().st_size
        mark = f"mark-{uuid.uuid4().hex}"
        configure("-m", mark)
        # Without audit the mark is lost, and there is nothing to wait for.
        processes.eventually(lambda: mark.encode() in self._read(end), 2, 0.01)
        return self.log.stat().st_size

    def _read(self, after):
        with open(self.log, "rb") as log:
            log.seek(after)
            return log.read()

    def records(self, after=0):
        """Keyhole's records from that position on, oldest first, as ausearch reads them."""
        done = subprocess.run(["ausearch", "--raw"], input=self._read(after), capture_output=True)
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        found = [parse(line) for line in lines if "op=keyhole:" in line]
        return sorted((record for record in found if record), key=lambda record: record.serial)

    def interpreted(self, serials):
        """The same events as a person sees them: `ausearch -i`."""
        text = ""
        for serial in serials:
            done = subprocess.run(
                ["ausearch", "--input", str(self.log), "-i", "--event", str(serial)],
                capture_output=True, stdin=subprocess.DEVNULL)
            text += done.stdout.decode("utf-8", "replace")
        return text


HEADER = re.compile(r"type=(\S+) msg=audit\((\d+\.\d+):(\d+)\): (.*)")
FIELD = re.compile(r"""([A-Za-z0-9_-]+)=("[^"]*"|[^ ']*)""")


def parse(line):
    match = HEADER.match(line)
    if not match:
        return None
    body = match[4].partition("\x1d")[0]
    outer, _, inner = body.partition("msg='")
    fields = {}
    for name, value in FIELD.findall(outer) + FIELD.findall(inner):
        fields[name] = decode(name, value)
    return AuditRecord(match[1], float(match[2]), int(match[3]), fields, line)


def decode(name, value):
    if value.startswith('"'):
        return value[1:-1]
    if name in ENCODED and len(value) % 2 == 0 and re.fullmatch("[0-9A-F]+", value):
        return bytes.fromhex(value).decode("utf-8", "backslashreplace")
    return value
