"""Clients that are not OpenSSH, each as the words of its command line. All check the server's host key."""

import os
import pathlib
import subprocess
import sys

import pytest

from ssh_under_test import run

PROGRAMS = pathlib.Path(__file__).resolve().parent / "clients"


class Client:
    """`call` and `shell` give a Result; `sftp` tries it; `several` runs a line so often at once, and gives what it
    wrote and its status."""

    def __init__(self, ssh, folder):
        self.ssh = ssh
        self.folder = folder
        self.port = str(ssh.port)
        self.identity = str(ssh.server.identity)
        self.known_hosts = str(ssh.server.known_hosts)
        # Clients look for their files there.
        self.environment = os.environ | {"HOME": str(folder)}
        self.prepare()

    def prepare(self):
        pass

    def run(self, words, stdin=b"", timeout=60):
        # Without a terminal no question can be answered: an unknown host key ends a client.
        return run(words, stdin, timeout, env=self.environment, start_new_session=True)

    def call(self, line, stdin=b""):
        return self.run(self.words(line), stdin)

    def shell(self):
        return self.run(self.words(None), timeout=20)

    def several(self, line, count):
        """A client without channels: as many connections."""
        words = [str(word) for word in self.words(line)]
        running = [
            subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                             start_new_session=True)
            for _ in range(count)]
        return [process.communicate(timeout=60)[0] + str(process.returncode) for process in running]


class Dropbear(Client):
    """dbclient(1)"""

    def prepare(self):
        (self.folder / ".ssh").mkdir(exist_ok=True)
        # It looks for the host without the port, and takes a comment for a part of the key.
        _, kind, key, *_ = pathlib.Path(self.known_hosts).read_text().split()
        (self.folder / ".ssh/known_hosts").write_text(f"127.0.0.1 {kind} {key}\n")
        converted = self.folder / "id_dropbear"
        subprocess.run(["dropbearconvert", "openssh", "dropbear", self.identity,
                       converted], check=True, capture_output=True)
        self.start = ["dbclient", "-T", "-i", converted, "-p", self.port, "-l", "diag"]

    def words(self, line):
        return [*self.start, "127.0.0.1", *([line] if line is not None else [])]

    def sftp(self):
        return self.run([*self.start, "-s", "127.0.0.1", "sftp"], timeout=8)


class Plink(Client):
    """plink(1) and psftp(1)"""

    def prepare(self):
        converted = self.folder / "id.ppk"
        subprocess.run(["puttygen", self.identity, "-O", "private", "-o", converted], check=True, capture_output=True)
        listed = subprocess.run(["ssh-keygen", "-lf", self.known_hosts], check=True, capture_output=True, text=True)
        self.options = ["-batch", "-hostkey", listed.stdout.split()[1], "-i", converted, "-P", self.port, "-l", "diag"]

    def words(self, line):
        return ["plink", "-ssh", "-T", "-noagent", "-no-antispoof", *self.options, "127.0.0.1",
                *([line] if line is not None else [])]

    def sftp(self):
        return self.run(["psftp", *self.options, "127.0.0.1"], b"ls\n", 20)


class PythonClient(Client):
    python = "/usr/bin/python3"
    program = None

    def start(self, *words):
        return [self.python, PROGRAMS / self.program, self.port, self.identity, self.known_hosts, *words]

    def words(self, line):
        return self.start("shell") if line is None else self.start("call", line)

    def sftp(self):
        return self.run(self.start("sftp"), timeout=20)

    def several(self, line, count):
        return self.run(self.start("several", line, str(count))).out.split()


class Paramiko(PythonClient):
    program = "paramiko_client.py"


class Asyncssh(PythonClient):
    program = "asyncssh_client.py"


class NewestFromPyPI(PythonClient):
    """What pip installs today, in an environment of its own. Needs the package index, so only when it is asked for."""

    package = None

    def prepare(self):
        if os.environ.get("KEYHOLE_NEWEST_CLIENTS") != "yes":
            pytest.skip("fetches packages from PyPI; runs with KEYHOLE_NEWEST_CLIENTS=yes")
        environment = self.folder / "environment"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True, capture_output=True)
        subprocess.run([environment / "bin/pip", "install", "-q", self.package], check=True, capture_output=True)
        self.python = environment / "bin/python"


class NewestParamiko(NewestFromPyPI):
    package, program = "paramiko", "paramiko_client.py"


class NewestAsyncssh(NewestFromPyPI):
    package, program = "asyncssh", "asyncssh_client.py"


CLIENTS = {
    "dbclient": Dropbear, "plink": Plink, "paramiko": Paramiko, "asyncssh": Asyncssh, "newest-paramiko": NewestParamiko,
    "newest-asyncssh": NewestAsyncssh,
}
