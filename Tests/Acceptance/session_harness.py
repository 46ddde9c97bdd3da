"""Runs keyhole-session without keyhole-sshd and without the broker: this plays both, so that faults can be put anywhere.

    with SessionHarness() as harness:
        harness.ssh("uptime")
"""

import array
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import session_wire
from fake_broker import FakeBroker

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("KEYHOLE_PROGRAMS", REPOSITORY / "out/bin"))
SESSION_USER = 65534


class Session:
    """One keyhole-session process, with what it told the listener."""

    def __init__(self, harness, connection, settings):
        self.harness = harness
        self.connection = connection
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        settings_file = memory_file("settings", settings)
        filter_file = os.open(harness.filter_file, os.O_RDONLY | os.O_CLOEXEC)
        # The shell puts the two descriptors where the program looks for them, and setpriv changes the user: a process with
        # threads had better fork and execute without anything in between.
        control, filter_number = theirs.fileno(), filter_file
        arrange = f'exec 3<&{control} 4<&{filter_number} {control}<&- {filter_number}<&-; exec {harness.as_user} "$0"'
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", arrange, str(harness.program)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=harness.log, pass_fds=(control, filter_number), env=harness.environment)
        theirs.close()
        os.close(filter_file)
        rights = array.array("i", [connection.fileno(), settings_file])
        self.control.sendmsg([b"c"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        os.close(settings_file)
        connection.close()
        self.statuses = []
        self.listening = threading.Thread(target=self._listen, daemon=True)
        self.listening.start()

    def _listen(self):
        while True:
            try:
                data = self.control.recv(16)
            except OSError:
                return
            if not data:
                return
            self.statuses.append(session_wire.STATUSES[data[0]])

    def hang_up(self):
        """As when the listener goes away."""
        self.control.shutdown(socket.SHUT_RDWR)
        self.control.close()

    def exit(self, seconds=10):
        """With which SessionExit the process ended."""
        status = self.process.wait(seconds)
        self.listening.join(5)
        return session_wire.EXITS[status] if 0 <= status < len(session_wire.EXITS) else status

    def memory(self):
        """Proportional set size, in KiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
        return None


def memory_file(name, content):
    number = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(number, content)
    return number


class SessionHarness:
    """A listener on a port of 127.0.0.1, a broker that does as it is told, and keys."""

    def __init__(self, host_key_types=("ed25519",), as_user=SESSION_USER, program=None, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="keyhole-session-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.program = program or PROGRAMS / "keyhole-session"
        self.settings = settings
        self.sessions = []
        self.environment = {}
        self.as_user = ""
        if os.geteuid() == 0 and as_user != 0:
            self.as_user = f"/usr/bin/setpriv --reuid={as_user} --regid={as_user} --clear-groups"
        self.log_path = self.folder / "log"
        self.log = open(self.log_path, "ab")
        self.filter_file = self.folder / "filter"
        self._export_filter()
        self.host_keys = [self.new_key(f"host_{kind}", kind) for kind in host_key_types]
        self.key = self.new_key("id_ed25519", "ed25519")
        self.broker = FakeBroker(self.folder / "sessions.sock", group=as_user if os.geteuid() == 0 else None)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def _export_filter(self):
        tool = PROGRAMS / "filter-rules"
        content = subprocess.run([tool, "--session-program"], check=True, capture_output=True).stdout
        self.filter_file.write_bytes(content)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Closed under a thread that is about to accept, its number could already be another listener's.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join(10)
        self.listener.close()
        self.broker.close()
        for session in self.sessions:
            if session.process.poll() is None:
                session.process.kill()
            session.process.wait()
            session.control.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            keys = [key.read_bytes() for key in self.host_keys]
            settings = session_wire.settings(keys, self.broker.path, **self.settings)
            with self.broker.changed:
                self.sessions.append(Session(self, connection, settings))
                self.broker.changed.notify_all()

    def session(self, index=-1, seconds=10):
        """A session that was started, the last one by default."""
        wanted = index + 1 if index >= 0 else 1
        self.broker.wait_for(lambda: len(self.sessions) >= wanted, seconds)
        return self.sessions[index]

    def new_key(self, name, kind="ed25519", *options):
        path = self.folder / name
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", path, *options], check=True,
            stdout=subprocess.DEVNULL)
        return path

    def ssh_command(self, *arguments, user="diag", key=None, options=(), flags=()):
        """The command line of a client that trusts this server."""
        command = ["ssh", *flags, "-F", "none", "-p", str(self.port), "-i", str(key or self.key), "-o", "BatchMode=yes"]
        # The first value of an option is the one that holds.
        for option in (
            *options, "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes",
            "IdentityAgent=none", "LogLevel=ERROR",
        ):
            command += ["-o", option]
        return [*command, f"{user}@127.0.0.1", *arguments]

    def ssh(self, *arguments, user="diag", key=None, options=(), flags=(), timeout=30, **further):
        """Runs OpenSSH's client to its end; the result is that of subprocess.run."""
        if "input" not in further:
            further.setdefault("stdin", subprocess.DEVNULL)
        command = self.ssh_command(*arguments, user=user, key=key, options=options, flags=flags)
        try:
            return subprocess.run(command, capture_output=True, timeout=timeout, **further)
        except subprocess.TimeoutExpired:
            print(self.state())
            raise

    def state(self):
        """What one would want to know of a connection that hangs."""
        lines = [f"requests: {self.broker.requests[-6:]}", f"log: {self.log_text()[-500:]}"]
        for session in self.sessions[-3:]:
            lines.append(f"session {session.process.pid}: {session.statuses}, ended with {session.process.poll()}")
            if session.process.poll() is None:
                process = pathlib.Path(f"/proc/{session.process.pid}")
                lines += [(process / "cmdline").read_text(), (process / "syscall").read_text()]
                lines += [f"{link.name} -> {os.readlink(link)}" for link in (process / "fd").iterdir()]
        for frame in sys._current_frames().values():
            lines += traceback.format_stack(frame)[-3:]
        lines.append(subprocess.run(["ss", "-tnp"], capture_output=True, text=True).stdout)
        return "\n".join(lines)

    def log_text(self):
        return self.log_path.read_text(errors="replace")


def eventually(condition, seconds=5):
    """Waits until the condition holds and returns its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    return condition()
