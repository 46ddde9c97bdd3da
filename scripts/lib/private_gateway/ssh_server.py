"""A private sshd on a loopback port, configured by the drop-in that ships."""

import socket
import subprocess

from . import processes
from .client_words import ClientWords
from .layout import REPOSITORY

SERVER = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {keys}/host
PidFile none
UsePAM no
UseDNS no
StrictModes yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowUsers diag
MaxStartups 1000
MaxSessions 1000
LogLevel VERBOSE
"""


class SshServer(ClientWords):
    """`name` tells several of them apart; `drop_in` replaces what ships, for a peer to measure against."""

    def __init__(self, layout, name="sshd", drop_in=None):
        self.layout = layout
        self.name = name
        self.drop_in = drop_in
        self.process = None
        self.port = None
        self.identity = layout.keys / "agent"
        self.known_hosts = layout.keys / ("known_hosts" if name == "sshd" else f"known_hosts-{name}")
        self.authorized_keys = layout.keys / "authorized_keys"

    def make_keys(self):
        for name in ("host", "agent", "stranger", "suspended"):
            path = self.layout.keys / name
            if not path.exists():
                subprocess.run(
                    ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True)
        # "stranger" may log in and is no agent of the policy.
        keys = [self.public_key(name) for name in ("agent", "stranger", "suspended")]
        self.authorized_keys.write_text("".join(f"restrict {key}\n" for key in keys))
        self.authorized_keys.chmod(0o644)

    def public_key(self, name):
        return (self.layout.keys / f"{name}.pub").read_text().strip()

    def start(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {self.public_key('host')}\n")
        drop_in = self.drop_in
        if drop_in is None:
            drop_in = (REPOSITORY / "packaging/sshd/50-keyhole.conf").read_text()
        drop_in = drop_in.replace("/usr/lib/keyhole/", f"{self.layout.programs}/")
        drop_in = drop_in.replace("/etc/keyhole/authorized_keys", str(self.authorized_keys))
        configuration = self.layout.root / f"{self.name}_config"
        configuration.write_text(SERVER.format(port=self.port, keys=self.layout.keys) + drop_in)
        log = self.layout.logs / f"{self.name}.log"
        self.process = processes.start(["/usr/sbin/sshd", "-D", "-e", "-f", configuration], log)

        def listening():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0 or self.process.poll() is not None

        if not processes.eventually(listening) or self.process.poll() is not None:
            raise SystemExit("private gateway: sshd did not start\n" + log.read_text())

    def stop(self):
        if self.process:
            processes.stop(self.process)
            self.process = None
