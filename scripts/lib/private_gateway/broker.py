"""The broker under test: its configuration, start with sd_notify(3), reload and stop."""

import json
import os
import signal
import time

from . import processes
from .notifications import Notifications

# Uids of our own, so that another gateway on this machine is not taken for ours.
FIRST_USER = 1_900_000_000 + os.getpid() % 100_000 * 1000
CALLS = 256


def traced():
    """The words that make a broker leave a trace of all system calls at and below it, in a pipe of its own in the
    folder that KEYHOLE_TRACE names; none without that. system_calls.py reads the pipes.

    The tracer is nobody's parent (-D), so that the broker keeps its pid.
    """
    folder = os.environ.get("KEYHOLE_TRACE")
    if not folder:
        return []
    pipe = os.path.join(folder, str(time.monotonic_ns()))
    os.mkfifo(pipe, 0o600)
    quiet = ["-qq", "-e", "signal=none"]
    return ["strace", "-D", "-f", "-o", pipe, *quiet, "-e", "raw=all", "--decode-pids=comm", "--"]


class Broker:
    def __init__(self, layout):
        self.layout = layout
        self.process = None
        self.configuration = layout.root / "broker.yaml"
        self.log = layout.logs / "broker.log"
        self._notifications = Notifications(layout.root / "notify")

    def configure(self, **settings):
        """Writes broker.yaml: the private gateway's paths, and `settings` over them (`_` for `-`)."""
        values = {
            "policy": str(self.layout.policy),
            "socket": str(self.layout.socket),
            "exec": str(self.layout.programs / "keyhole-exec"),
            "peers": ["diag", "keyhole-ssh"],
            "group": "diag-exec",
            "first-uid": FIRST_USER,
            "audit-state": str(self.layout.root / "state/audit.state"),
        }
        values.update({name.replace("_", "-"): value for name, value in settings.items()})
        # JSON is YAML.
        self.configuration.write_text(json.dumps(values, indent=2) + "\n")
        self.configuration.chmod(0o644)

    def command(self):
        return [*traced(), self.layout.programs / "keyhole-broker", "--config", self.configuration]

    def start(self, patience=15):
        """Starts it and waits for READY=1. Raises with its log when it ends instead."""
        self.launch()
        if not self.notified("READY=1", patience):
            status = processes.stop(self.process)
            raise SystemExit(f"private gateway: keyhole-broker did not become ready (status {status}):\n{self.log.read_text()}")

    def launch(self):
        address = self._notifications.open()
        self.log.touch()
        # The umask of its unit.
        self.process = processes.start(self.command(), self.log, umask=0o077, env=os.environ | {"NOTIFY_SOCKET": address})

    def notified(self, word, patience=5):
        """Waits until sd_notify(3) has said `word`; false when the time is over or the broker has ended."""
        return self._notifications.said(word, self.process, patience)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        if not self.process:
            return None
        status = processes.stop(self.process, 15)
        self.process = None
        self._notifications.close()
        return status

    def restart(self, **settings):
        self.stop()
        self.configure(**settings)
        self.start()

    def log_since(self, position=0):
        with open(self.log, "rb") as log:
            log.seek(position)
            return log.read().decode("utf-8", "replace")

    def log_position(self):
        return self.log.stat().st_size
