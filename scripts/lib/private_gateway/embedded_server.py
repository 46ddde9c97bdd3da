"""Keyhole's own ssh server on a loopback port, started by root as by hand: it becomes keyhole-ssh itself."""

import json
import os
import pwd
import signal
import socket
import subprocess

from . import processes
from .client_words import ClientWords
from .notifications import Notifications

USER = "keyhole-ssh"
# Everything comes from one address here, and much of it on purpose wrong.
LIMITS = {"startups": 1000, "connections": 2000, "connections-per-source": 2000, "drain": "5s"}


class EmbeddedServer(ClientWords):
    """`name` tells several of them apart."""

    def __init__(self, layout, name="keyhole-sshd"):
        self.layout = layout
        self.name = name
        self.process = None
        self.port = None
        self.identity = layout.keys / "agent"
        self.known_hosts = layout.keys / f"known_hosts-{name}"
        self.configuration = layout.root / f"{name}.yaml"
        self.log = layout.logs / f"{name}.log"
        self.state = layout.root / name
        self.host_key = self.state / "ssh_host_ed25519_key"
        self._notifications = Notifications(layout.root / f"{name}.notify")

    def configure(self, **settings):
        """Writes sshd.yaml: the private gateway's paths, and `settings` over them (`_` for `-`); `limits` is merged."""
        if self.port is None:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        values = {
            "listen": f"127.0.0.1:{self.port}",
            "host-keys": [str(self.host_key)],
            "broker": str(self.layout.sessions_socket),
            "session": str(self.layout.programs / "keyhole-session"),
            "penalties": "off",
        }
        values.update({name.replace("_", "-"): value for name, value in settings.items()})
        values["limits"] = LIMITS | values.get("limits", {})
        # JSON is YAML.
        self.configuration.write_text(json.dumps(values, indent=2) + "\n")
        self.configuration.chmod(0o644)

    def prepare(self):
        """The folder of the host key, as the service manager would make it."""
        user = pwd.getpwnam(USER)
        self.state.mkdir(exist_ok=True)
        os.chown(self.state, user.pw_uid, user.pw_gid)
        self.state.chmod(0o700)

    def command(self, *options):
        return [self.layout.programs / "keyhole-sshd", *options, "--config", self.configuration]

    def start(self, patience=15, **settings):
        """Starts it and waits for READY=1. Raises with its log when it ends instead."""
        self.configure(**settings)
        self.launch()
        if not self.notified("READY=1", patience):
            status = processes.stop(self.process)
            raise SystemExit(
                f"private gateway: keyhole-sshd did not become ready (status {status}):\n{self.log.read_text()}")
        self.write_known_hosts()

    def launch(self, **options):
        self.prepare()
        environment = os.environ | {"NOTIFY_SOCKET": self._notifications.open()}
        self.log.touch()
        self.process = processes.start(self.command(), self.log, umask=0o077, env=environment, **options)

    def write_known_hosts(self):
        kind, key = self.host_key.with_name(self.host_key.name + ".pub").read_text().split()[:2]
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")

    def notified(self, word, patience=5):
        return self._notifications.said(word, self.process, patience)

    def reload(self, **settings):
        """SIGHUP, after the settings were written anew; returns when it has read them."""
        self.configure(**settings)
        self.process.send_signal(signal.SIGHUP)
        return self.notified("RELOADING=1") and self.notified("READY=1")

    def check(self):
        """`keyhole-sshd --check`: what it printed, and its status."""
        return subprocess.run([str(word) for word in self.command("--check")], capture_output=True, text=True)

    def connect(self, timeout=10):
        """A plain TCP connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout * processes.SCALE)

    def sessions(self):
        """The pids of keyhole-session processes that it started, waiting ones included."""
        return processes.children(self.process.pid, "keyhole-session")

    def stop(self, patience=20):
        if not self.process:
            return None
        status = processes.stop(self.process, patience)
        self.process = None
        self._notifications.close()
        return status

    def log_since(self, position=0):
        with open(self.log, "rb") as log:
            log.seek(position)
            return log.read().decode("utf-8", "replace")

    def log_position(self):
        return self.log.stat().st_size
