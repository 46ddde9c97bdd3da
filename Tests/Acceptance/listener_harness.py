"""keyhole-sshd alone: its sessions are the program of probes/stand_in_session.c, which does what the client says."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import types

from private_gateway import EmbeddedServer, processes
from private_gateway.layout import REPOSITORY
from probe_programs import place_probe


def listener_layout():
    """Folders of our own, since a gateway of the same test run has programs that run."""
    root = pathlib.Path(os.environ["KEYHOLE_PRIVATE_HOST"]) / "listener"
    layout = types.SimpleNamespace(
        root=root, programs=root / "bin", keys=root / "keys", logs=root / "logs",
        sessions_socket=pathlib.Path("/run/keyhole/sessions.sock"))
    for folder in (layout.root, layout.programs, layout.keys, layout.logs):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    program = layout.programs / "keyhole-sshd"
    if not program.exists():
        shutil.copyfile(REPOSITORY / "out/bin/keyhole-sshd", program)
        program.chmod(0o755)
    return layout


class Client:
    """A TCP connection to the server, and the session behind it if it got one."""

    def __init__(self, server, source="127.0.0.1"):
        self.socket = socket.socket()
        self.socket.settimeout(10 * processes.SCALE)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", server.port))
        self._file = self.socket.makefile("rb")
        self.greeting = self.line()
        self.pid = int(self.greeting.split()[1]) if self.served else None

    @property
    def served(self):
        return self.greeting.startswith("stand-in ")

    def line(self):
        """The next line; "" when the server has closed the connection."""
        try:
            return self._file.readline().decode().rstrip("\r\n")
        except ConnectionResetError:
            return ""

    def say(self, word):
        self.socket.sendall(f"{word}\n".encode())

    def ask(self, word):
        self.say(word)
        return self.line()

    def authenticate(self):
        assert self.ask("authenticated") == "told"

    def end(self, word):
        """Lets the session end as `word` says, and waits for it."""
        self.say(word)
        assert self.line() == ""
        self.close()

    def close(self):
        self._file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Listener(EmbeddedServer):
    """The server under test with stand-in sessions."""

    def __init__(self, name="listener"):
        super().__init__(listener_layout(), name)
        self.session = self.layout.programs / "stand-in-session"
        if not self.session.exists():
            place_probe("stand_in_session", self.session)
        shutil.rmtree(self.state, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def configure(self, **settings):
        super().configure(**({"session": str(self.session), "log": "debug"} | settings))

    def client(self, source="127.0.0.1"):
        return Client(self, source)

    def sessions(self):
        return processes.children(self.process.pid, "stand-in-session")

    def refuses(self, **settings):
        """Starts it with settings that it is to refuse; its exit status and what it said."""
        self.configure(**settings)
        self.prepare()
        done = subprocess.run([str(word) for word in self.command()], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stderr

    def says(self, text, count=1, since=0):
        """Waits until the log has a text that often."""
        return processes.eventually(lambda: self.log_since(since).count(text) >= count)


@contextlib.contextmanager
def stand_in_listener(**settings):
    """A running server, stopped at the end by force: tests of stopping stop it themselves."""
    listener = Listener()
    try:
        listener.start(**settings)
        yield listener
    finally:
        if listener.process and listener.process.poll() is None:
            for pid in listener.sessions():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            listener.stop()
