"""The gateway with an sshd that knows agents by the shipped commands alone, and `keyhole agents` on its policy."""

import contextlib
import os
import pwd
import shutil
import subprocess
import time

from agents_desk import Keys
from private_gateway import processes
from private_gateway.layout import REPOSITORY
from private_gateway.ssh_server import SshServer


class AgentsGateway:
    """Beside the gateway of the session: its own sshd, its own keys, agents of its own in the gateway's policy."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.layout = gateway.layout
        self.keyhole = self.layout.programs / "keyhole"
        self.configuration = gateway.broker.configuration
        self.keys = Keys(self.layout.root / "agent-keys")
        self.authorities = self.layout.root / "user_ca.pub"
        self.server = SshServer(self.layout, "agents-sshd", drop_in=self._drop_in())

    def _drop_in(self):
        """What ships, with the places of the private gateway. No file of keys, as on a host that has none."""
        text = (REPOSITORY / "packaging/sshd/50-keyhole.conf").read_text()
        for command in ("authorized-keys", "principals"):
            shipped = f"/usr/bin/keyhole agents {command} "
            assert shipped in text
            text = text.replace(shipped, f"{self.keyhole} agents {command} --config {self.configuration} ")
        text = text.replace("/etc/keyhole/authorized_keys", str(self.layout.root / "no-such-file"))
        return text.replace("/etc/keyhole/user_ca.pub", str(self.authorities))

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()
        shutil.rmtree(self.layout.policy / "agents", ignore_errors=True)
        (self.layout.policy / "authorities.yaml").unlink(missing_ok=True)
        self.authorities.unlink(missing_ok=True)
        subprocess.run([self.keyhole, "policy", "reload", "--config", self.configuration], check=True, capture_output=True)

    def agents(self, *words, status=0):
        done = subprocess.run(
            [self.keyhole, "agents", *words, "--policy", self.layout.policy, "--config", self.configuration],
            capture_output=True, text=True, timeout=120)
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def add(self, name, *words, key=True):
        """A new agent with a role for everything; the private key to log in with."""
        given = ["--key", self.keys.public(name)] if key else []
        self.agents("add", name, *given, "--role", "everything", *words)
        return self.keys.path(name)

    @contextlib.contextmanager
    def agent(self, name, *words, key=True):
        """The same, for a while."""
        identity = self.add(name, *words, key=key)
        try:
            yield identity
        finally:
            self.agents("remove", name)

    def trust(self, *names, sshd=None):
        """Has the policy, and sshd, trust these authorities; sshd others when they are given."""
        policy = "certificate-authorities:\n" + "".join(f"  - {self.keys.public(name)}\n" for name in names)
        self.gateway.add_policy("authorities.yaml", policy if names else "certificate-authorities: []\n")
        self.authorities.write_text("".join(self.keys.public(name) + "\n" for name in (names if sshd is None else sshd)))
        self.authorities.chmod(0o644)
        subprocess.run([self.keyhole, "policy", "reload", "--config", self.configuration], check=True, capture_output=True)

    def words(self, identity, line, *options):
        return [*self.server.client(identity, "-o", "ControlPath=none", *options), "--", line]

    def call(self, identity, line="whoami", *options):
        """A connection of its own, and what its call gave: status, stdout, stderr."""
        done = subprocess.run(
            self.words(identity, line, *options), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60 * processes.SCALE)
        # `whoami` has more lines: roles, policy.
        out = done.stdout.splitlines(keepends=True)[0] if line == "whoami" and done.stdout else done.stdout
        return done.returncode, out, done.stderr

    def begin(self, identity, line):
        return subprocess.Popen(
            self.words(identity, line), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def log(self):
        return (self.layout.logs / "agents-sshd.log").read_text()

    def ask(self, *words, user="diag", **options):
        """One of sshd's commands, as sshd runs it."""
        account = pwd.getpwnam(user)
        command = [self.keyhole, "agents", words[0], "--config", self.configuration, *words[1:]]
        return subprocess.run(
            ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *command],
            capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, timeout=30, **options)


def seconds_until(process, patience=15):
    """How long until a process ends; raises when it takes longer than `patience`."""
    start = time.monotonic()
    process.wait(patience * processes.SCALE)
    return time.monotonic() - start
