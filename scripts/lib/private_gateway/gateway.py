"""All of it together, and calls through the real ssh client."""

import dataclasses
import json
import subprocess

from . import processes
from .audit_daemon import AuditDaemon
from .broker import Broker, CALLS, FIRST_USER
from .embedded_server import EmbeddedServer
from .front import Front
from .layout import Layout
from .ssh_server import SshServer


@dataclasses.dataclass
class Result:
    """What an ssh call gave. Compares and prints well in a failed assertion."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self):
        return self.stdout.decode("utf-8", "replace")

    @property
    def err(self):
        return self.stderr.decode("utf-8", "replace")

    def __iter__(self):
        return iter((self.status, self.out, self.err))


class Gateway:
    """`front` is the server that calls go through: "openssh", or "embedded" for Keyhole's own."""

    def __init__(self, agent="tester", front="openssh"):
        self.agent = agent
        self.layout = Layout()
        self.audit = AuditDaemon(self.layout)
        self.sshd = SshServer(self.layout)
        self.embedded = EmbeddedServer(self.layout)
        self.server = {"openssh": self.sshd, "embedded": self.embedded}[front]
        self.broker = Broker(self.layout)
        self._masters = {}

    def __enter__(self):
        try:
            self.layout.prepare()
            self.sshd.make_keys()
            self.write_agents()
            self.audit.start()
            self.server.start()
            self.broker.configure()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.close_connections()
        self.embedded.stop()
        self.broker.stop()
        self.sshd.stop()
        self.audit.stop()
        processes.end_all_in_our_mount_namespace()

    def write_agents(self):
        # Tests and benchmarks of the whole gateway are all one agent.
        limits = {"connections": 4096, "calls": 4096}
        agents = {
            self.agent: {"keys": [self.sshd.public_key("agent")], "roles": ["everything"], "limits": limits},
            "retired": {"keys": [self.sshd.public_key("suspended")], "roles": ["everything"], "suspended": True},
        }
        roles = {"everything": {"about": "every command of the policy", "commands": "all"}}
        self.add_policy("private-agents.yaml", {"roles": roles, "agents": agents})

    def add_policy(self, name, contents):
        """Adds a file to the private copy of the policy: a text, or a value that is written as JSON (which is YAML)."""
        path = self.layout.policy / name
        path.write_text(contents if isinstance(contents, str) else json.dumps(contents, indent=2) + "\n")
        path.chmod(0o644)
        return path

    # Calls.

    def ssh(self, identity=None, shared=True):
        """The words of the client's command line; `shared` calls go over one connection per identity."""
        options = ["-o", "ControlPath=none"]
        if shared:
            options = ["-o", f"ControlPath={self._master(identity)}"]
        return self.server.client(identity, *options)

    def call(self, line=None, *, stdin=b"", identity=None, shared=True, timeout=60, environment=None):
        """One call: `ssh diag@host LINE`. None asks for a shell, as `ssh diag@host` does."""
        words = self.ssh(identity, shared)
        for name, value in (environment or {}).items():
            words[1:1] = ["-o", f"SetEnv={name}={value}"]
        if line is not None:
            words += ["--", line]
        done = subprocess.run(words, input=stdin, capture_output=True, timeout=timeout * processes.SCALE)
        return Result(done.returncode, done.stdout, done.stderr)

    def begin(self, line, *, identity=None, shared=True, **options):
        """The same, running: a Popen with pipes. For calls that are looked at or cut off in the middle."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([*self.ssh(identity, shared), "--", line], **(pipes | options))

    def front(self):
        """Calls without ssh: keyhole-shell, as sshd would start it for the agent."""
        return Front(self.layout, self.sshd)

    def _master(self, identity):
        identity = str(identity or self.server.identity)
        path = self.layout.control / identity.rsplit("/", 1)[-1]
        master = self._masters.get(identity)
        if master is None or master.poll() is not None:
            command = self.server.client(identity, "-M", "-N", "-o", f"ControlPath={path}")
            self._masters[identity] = processes.start(command, self.layout.logs / "ssh-master.log")
            if not processes.eventually(path.exists):
                log = self.layout.logs / f"{self.server.name}.log"
                raise RuntimeError("no shared connection:\n" + log.read_text()[-4000:])
        return path

    def close_connections(self):
        for master in self._masters.values():
            processes.stop(master)
        self._masters.clear()

    # What a call leaves.

    def running(self):
        """The pids of processes that run as one of the calls' users."""
        return processes.of_users(FIRST_USER, CALLS)
