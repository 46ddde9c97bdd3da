"""A call without ssh: keyhole-shell started as sshd starts it, as the user diag with the session's environment.

The broker knows its front by the user that connects, and takes that front's word for the key that was presented. For
what is about the sandbox and not about ssh: benchmarks and traces.
"""

import os
import pwd
import subprocess

USER = "diag"


def become_front():
    """For a child process, before exec: the user that sshd would run the forced command as."""
    user = pwd.getpwnam(USER)
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)


class Front:
    def __init__(self, layout, sshd):
        self.words = [layout.programs / "keyhole-shell"]
        self._authentication = layout.root / "authentication"
        self._authentication.write_text(f"publickey {sshd.public_key('agent')}\n")
        user = pwd.getpwnam(USER)
        os.chown(self._authentication, user.pw_uid, user.pw_gid)
        self._authentication.chmod(0o600)

    def environment(self, line):
        """What sshd sets for a session whose command is `line`. ssh(1), sshd_config(5): ExposeAuthInfo"""
        return {
            "PATH": "/usr/bin:/bin",
            "SSH_ORIGINAL_COMMAND": line,
            "SSH_CONNECTION": "127.0.0.1 50000 127.0.0.1 22",
            "SSH_USER_AUTH": str(self._authentication),
        }

    def begin(self, line, **options):
        """The call, running: a Popen."""
        return subprocess.Popen(
            [str(word) for word in self.words], env=self.environment(line), preexec_fn=become_front, **options)
