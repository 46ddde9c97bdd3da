"""Agents that a test adds to the policy, and the keys that they have."""

import contextlib
import json
import subprocess
import time

from private_gateway import processes


class Agents:
    """Writes agents to a policy file of their own and reloads."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.path = gateway.layout.policy / "zz-agents.yaml"
        self.entries = {}
        self.changed = None
        self.authorized = gateway.sshd.authorized_keys.read_text()

    def key(self, name):
        """Makes a key, or gives the one made before: its `.pub` line. OpenSSH takes it as well."""
        path = self.identity(name)
        if not path.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True)
        line = path.with_suffix(".pub").read_text().strip()
        keys = self.gateway.sshd.authorized_keys
        if line not in keys.read_text():
            keys.write_text(keys.read_text() + f"restrict {line}\n")
        return line

    def identity(self, name):
        return self.gateway.layout.keys / name

    def put(self, name, key=None, **fields):
        """Adds an agent, or replaces it, and reloads. `key` names another agent whose key it is to have."""
        self.entries[name] = {"keys": [self.key(key or name)], "roles": ["everything"], **fields}
        self.write()

    def remove(self, name):
        del self.entries[name]
        self.write()

    def write(self):
        self.path.write_text(json.dumps({"agents": self.entries}) + "\n")
        self.path.chmod(0o644)
        self.reload()

    def reload(self):
        position = self.gateway.broker.log_position()
        self.gateway.broker.reload()
        assert processes.eventually(
            lambda: any(word in self.gateway.broker.log_since(position) for word in (" replaces ", "is not loaded")),
            10)
        self.changed = time.monotonic()
        assert "is not loaded" not in self.gateway.broker.log_since(position), self.gateway.broker.log_since(position)

    def since_change(self):
        """Seconds since the last written policy came into force. To load it takes as long where others work."""
        return time.monotonic() - self.changed

    def finish(self):
        self.gateway.sshd.authorized_keys.write_text(self.authorized)
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        self.reload()
