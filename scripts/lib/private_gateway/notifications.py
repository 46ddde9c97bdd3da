"""The service manager's end of sd_notify(3)."""

import os
import socket

from . import processes


class Notifications:
    def __init__(self, path):
        self.path = str(path)
        self._socket = None
        self._heard = []

    def open(self):
        """Listens anew; returns the address for NOTIFY_SOCKET."""
        self.close()
        if os.path.exists(self.path):
            os.unlink(self.path)
        self._heard = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        # A service that has changed its user connects to it, too.
        os.chmod(self.path, 0o666)
        return self.path

    def said(self, word, process, patience=5):
        """Waits until the service says `word`, and takes it and what came before; false when the time is over or the
        process has ended."""
        self._socket.settimeout(0.05)

        def found():
            if word in self._heard:
                del self._heard[: self._heard.index(word) + 1]
                return True
            try:
                self._heard += self._socket.recv(4096).decode().split("\n")
            except TimeoutError:
                return "ended" if process.poll() is not None else False
            return False

        return processes.eventually(found, patience, 0) is True

    def close(self):
        if self._socket:
            self._socket.close()
            self._socket = None
