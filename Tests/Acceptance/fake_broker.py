"""A broker that tests can make do anything: it speaks the session protocol, and runs commands with the shell."""

import array
import contextlib
import os
import signal
import socket
import subprocess
import threading

import session_wire


class FakeBroker:
    """Serves sessions on a socket. What it answers is set by attributes, and by `hooks`: a function by the request's name
    that gets the connection and the request's fields; when it returns True the usual answer is left out."""

    def __init__(self, path, group=None):
        self.path = str(path)
        self.requests = []
        self.calls = []
        self.connections = []
        self.hooks = {}
        self.is_known = True
        self.refusal = None
        self.limit = 10
        self.words = []
        self.changed = threading.Condition()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o660)
        if group is not None:
            os.chown(self.path, 0, group)
        self.listener.listen(64)
        self.threads = []
        self._begin(self._accept)

    def close(self):
        """As when the broker dies: all its sockets close at once, and so do its calls' streams."""
        for one in [self.listener, *self.connections]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for call in list(self.calls):
            call.vanish()
        # Closed under a thread that is about to read, its number could already be another socket's.
        for thread in self.threads:
            thread.join(10)
        for one in [self.listener, *self.connections]:
            one.close()
        if os.path.exists(self.path):
            os.unlink(self.path)

    def _begin(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def wait_for(self, condition, seconds=10):
        with self.changed:
            assert self.changed.wait_for(condition, seconds), (self.requests, [call.line for call in self.calls])

    def named(self, name):
        return [fields for found, fields in self.requests if found == name]

    def goodbye(self, seconds=10):
        """With which end the session said goodbye."""
        self.wait_for(lambda: self.named("goodbye"), seconds)
        return self.named("goodbye")[-1]["end"]

    def revoke(self, reason):
        for connection in list(self.connections):
            connection.send(session_wire.revoked(reason))
            connection.shutdown(socket.SHUT_RDWR)

    def _note(self, request):
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            self._begin(self._serve, connection)

    def _serve(self, connection):
        while True:
            try:
                data, ancillary, _, _ = connection.recvmsg(1 << 16, socket.CMSG_SPACE(16 * 4), socket.MSG_CMSG_CLOEXEC)
            except OSError:
                return
            if not data:
                self._note(("hangup", {}))
                return
            descriptors = array.array("i")
            for _, _, content in ancillary:
                descriptors.frombytes(content)
            name, fields = session_wire.read_request(data)
            fields["descriptors"] = list(descriptors)
            self._note((name, fields))
            if name in self.hooks and self.hooks[name](connection, fields):
                continue
            self._answer(connection, name, fields)

    def _answer(self, connection, name, fields):
        if name == "offered":
            connection.send(session_wire.known(self.is_known))
        elif name == "proved":
            if self.refusal:
                connection.send(session_wire.refused(*self.refusal))
            else:
                connection.send(session_wire.admitted("tester", self.limit))
        elif name == "call":
            call = FakeCall(self, fields)
            with self.changed:
                self.calls.append(call)
                self.changed.notify_all()
            call.start()


class FakeCall:
    """A call that runs as a shell command: nothing is judged."""

    def __init__(self, broker, fields):
        self.broker = broker
        self.line = fields["line"]
        self.target = fields["target"]
        self.input, self.output, self.error, number = fields["descriptors"]
        self.socket = socket.socket(fileno=number)
        self.process = None
        self.hung_up = False
        self.is_over = False

    def start(self):
        line = self.line if self.line is not None else b"echo the help text; exit 126"
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", line], stdin=self.input, stdout=self.output, stderr=self.error, start_new_session=True)
        for number in (self.input, self.output, self.error):
            os.close(number)
        threading.Thread(target=self._wait, daemon=True).start()
        threading.Thread(target=self._listen, daemon=True).start()

    def vanish(self):
        """As when the broker dies: no reply, and the command goes too."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.kill()

    def kill(self):
        if self.process and not self.is_over:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def _wait(self):
        status = self.process.wait()
        status = 128 - status if status < 0 else status
        try:
            self.socket.send(session_wire.call_reply(status, self.broker.words))
        except OSError:
            pass
        self._over()

    def _listen(self):
        try:
            if not self.socket.recv(1):
                self.hung_up = True
                self.kill()
        except OSError:
            pass

    def _over(self):
        with self.broker.changed:
            self.is_over = True
            self.broker.changed.notify_all()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
