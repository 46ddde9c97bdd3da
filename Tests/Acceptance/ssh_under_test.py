"""The SSH server that the tests of SSH aim at, with keys of every kind and commands to try it with.

It is the embedded server. With KEYHOLE_SSH_FRONT=openssh it is sshd with keyhole-shell, which has to serve the same
clients: a way to find out whether a test that fails is about the server or about itself.
"""

import contextlib
import dataclasses
import os
import pathlib
import re
import subprocess

from policy_for_tests import command
from private_gateway import Result, processes
from private_gateway.layout import REPOSITORY
from raw_ssh import RawClient
from raw_ssh_keys import Key, SecurityKey

OPENSSH = os.environ.get("KEYHOLE_SSH_FRONT") == "openssh"
# Made by ssh-keygen: name, and its words.
KEY_KINDS = {
    "ecdsa-256": ["-t", "ecdsa", "-b", "256"], "ecdsa-384": ["-t", "ecdsa", "-b", "384"],
    "ecdsa-521": ["-t", "ecdsa", "-b", "521"], "rsa-3072": ["-t", "rsa", "-b", "3072"],
    "rsa-4096": ["-t", "rsa", "-b", "4096"], "rsa-2048": ["-t", "rsa", "-b", "2048"],
}
# Keys that the server refuses by themselves: no policy may name them.
TOO_WEAK = {"rsa-2048"}
# In seconds: what the server gives a client to authenticate.
AUTHENTICATION_TIME = 3
SETTINGS = {"limits": {"authentication-time": f"{AUTHENTICATION_TIME}s"}}
# Descriptors of the listener that come and go.
SPARE = 12
# In megabytes: what a connection may take, resident, whatever its client does.
MEMORY = 40
# A stream that depends on its place: `count N`.
COUNT_20_MB, COUNT_200_MB = 2_850_000, 23_400_000


def commands():
    long = {"time": "120s", "output": "1GiB"}
    return {
        "pass": command("/usr/bin/cat", "hands its input on", "pass", "none", limits=long, deny=["pass x"]),
        "size": command("/usr/bin/wc", "counts its input", "size -c", "none", options={"-c": "flag"}, limits=long,
                        deny=["size x"]),
        "digest": command("/usr/bin/sha256sum", "digests its input", "digest", "none", limits=long, deny=["digest x"]),
        "count": command("/usr/bin/seq", "writes numbers", "count 3", ["count 1..100000000"], limits=long),
        "nap": command("/bin/sleep", "sleeps longer than it may", "nap 5", ["count 0..100"], limits={"time": "1s"}),
    }


@dataclasses.dataclass(repr=False)
class ServerUnderTest:
    gateway: object
    server: object
    #: Names of keys, to the paths of private keys.
    identities: dict
    security_keys: dict

    @property
    def port(self):
        return self.server.port

    @property
    def address(self):
        return ("127.0.0.1", self.server.port)

    @property
    def key(self):
        """The agent's key, for the raw client."""
        return Key.load(self.server.identity)

    def words(self, *options, identity=None, user="diag", heard=False):
        """OpenSSH's command line up to the destination. Banners are shown when `heard`."""
        # ssh takes the first value that it is given.
        first = ["-o", "LogLevel=INFO"] if heard else []
        words = self.server.client(identity, *map(str, options), "-o", "ControlPath=none")
        return [words[0], *first, *words[1:-1], f"{user}@127.0.0.1"]

    def run(self, line=None, *options, stdin=b"", timeout=30, **more):
        words = self.words(*options, **more)
        return run([*words, "--", line] if line is not None else words, stdin, timeout)

    def raw(self, **options):
        return RawClient(self.address, **options)

    def call(self, line, stdin=b"", **options):
        """A call by the raw client: status, output, error."""
        with self.raw(**options) as client:
            return client.login(self.key).call(line, stdin)

    def memory(self):
        """The resident megabytes of the largest process that serves a connection."""
        return max((resident(pid) for pid in self.connections()), default=0)

    def quiet(self):
        """Remembers how many processes and descriptors there are; what it gives fails unless it comes to that again."""
        now = lambda: (len(self.serving()), descriptors(self.server.process.pid))
        # Some processes wait for clients, and each has a descriptor or two of the listener's.
        before = tuple(map(sum, zip(now(), (0, SPARE))))
        crashes = self.crashes()

        def again():
            assert processes.eventually(lambda: all(map(int.__le__, now(), before)), AUTHENTICATION_TIME + 4, 0.05), \
                f"processes and descriptors: {before} before, {now()} after"
            assert self.crashes() == crashes, "a session crashed"

        return again

    def crashes(self):
        """How many sessions ended in a way in which they should not, as the listener's log tells."""
        if OPENSSH:
            return 0
        return len(re.findall("crashed:|ended strangely", self.server.log.read_text()))

    def connections(self):
        """The pids of the processes that serve connections, those that wait for one included."""
        if OPENSSH:
            return descendants(self.server.process.pid)
        return running(self.server.layout.programs / "keyhole-session")

    def serving(self):
        """Those of them that have a client."""
        sockets = {f"socket:[{inode}]" for inode in self._sockets().values()}
        return [pid for pid in self.connections() if held(pid) & sockets]

    def connection_of(self, client):
        """The pid of the process that serves a raw client's connection."""
        link = f"socket:[{self._sockets()[client.socket.getsockname()[1]]}]"
        return next(pid for pid in self.connections() if link in held(pid))

    def _sockets(self):
        """The inodes of the server's ends of connections, by the client's port. proc_net_tcp(5)"""
        rows = [line.split() for line in open("/proc/net/tcp")]
        ours = [row for row in rows if row[1].endswith(":%04X" % self.port) and row[3] == "01"]
        return {int(row[2].split(":")[1], 16): row[9] for row in ours}

    def restart(self, **settings):
        """Of the embedded server, with `settings` over the usual ones."""
        self.server.stop()
        self.server.start(**(SETTINGS | settings))


def run(words, stdin=b"", timeout=30, **options):
    done = subprocess.run(
        [str(word) for word in words], input=stdin, capture_output=True, timeout=timeout * processes.SCALE, **options)
    return Result(done.returncode, done.stdout, done.stderr)


def resident(pid):
    with contextlib.suppress(OSError, StopIteration):
        lines = open(f"/proc/{pid}/status").read().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024
    return 0


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def held(pid):
    """What the descriptors of a process lead to."""
    links = set()
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                links.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    return links


def running(program):
    found = []
    for link in pathlib.Path("/proc").glob("[0-9]*/exe"):
        with contextlib.suppress(OSError):
            if os.readlink(link) == str(program):
                found.append(int(link.parent.name))
    return found


def descendants(root):
    children = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children.setdefault(int(entry.read_text().rpartition(")")[2].split()[1]), []).append(int(entry.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found[1:]


def make_keys(folder):
    identities = {}
    for name, words in KEY_KINDS.items():
        identities[name] = folder / f"ssh-{name}"
        if not identities[name].exists():
            subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", name, "-f", identities[name], *words], check=True)
    return identities


@contextlib.contextmanager
def started(gateway):
    identities = make_keys(gateway.layout.keys)
    security_keys = {"ed25519": SecurityKey("ed25519"), "ecdsa": SecurityKey("ecdsa")}
    lines = [pathlib.Path(f"{path}.pub").read_text().strip()
                          for name, path in identities.items() if name not in TOO_WEAK]
    lines += [key.line() for key in security_keys.values()]
    policy = gateway.add_policy("zz-ssh.yaml", {
        "commands": commands(), "agents": {"many-keys": {"keys": lines, "roles": ["everything"]}}})
    gateway.broker.restart()
    if OPENSSH:
        server = gateway.sshd
        server.stop()
        drop_in = (REPOSITORY / "packaging/sshd/50-keyhole.conf").read_text()
        # Before the drop-in, which ends in a block for the user.
        server.drop_in = f"LoginGraceTime {AUTHENTICATION_TIME}\n{drop_in}"
        server.start()
        before = server.authorized_keys.read_text()
        server.authorized_keys.write_text(before + "".join(f"restrict {line}\n" for line in lines))
    else:
        server = gateway.embedded
        server.start(**SETTINGS)
    try:
        yield ServerUnderTest(gateway, server, identities, security_keys)
    finally:
        if OPENSSH:
            server.authorized_keys.write_text(before)
        else:
            server.stop()
        policy.unlink()
        gateway.broker.restart()
