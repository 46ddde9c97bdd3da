"""Where the private gateway keeps its files, and what is copied there."""

import os
import pathlib
import shutil

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
PROGRAMS = ("keyhole-shell", "keyhole-broker", "keyhole-exec", "keyhole-sshd", "keyhole-session", "keyhole")


class Layout:
    """The folders below $KEYHOLE_PRIVATE_HOST. Owned by root, writable by nobody else, readable by diag."""

    def __init__(self):
        root = os.environ.get("KEYHOLE_PRIVATE_HOST")
        if not root or os.geteuid() != 0:
            raise SystemExit("private gateway: runs only inside scripts/private-host, as root")
        self.root = pathlib.Path(root)
        self.programs = self.root / "bin"
        self.policy = self.root / "policy"
        self.keys = self.root / "keys"
        self.logs = self.root / "logs"
        self.audit = self.root / "audit"
        self.control = self.root / "control"
        self.socket = pathlib.Path("/run/keyhole/broker.sock")
        self.sessions_socket = pathlib.Path("/run/keyhole/sessions.sock")

    def prepare(self):
        for folder in (self.programs, self.keys, self.logs, self.audit, self.control, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
        # The checkout may lie in a folder that diag cannot enter, and belong to somebody else than root.
        for program in PROGRAMS:
            built = REPOSITORY / "out/bin" / program
            if not built.exists():
                raise SystemExit(f"private gateway: {built} is missing\nhint: run scripts/build first")
            shutil.copyfile(built, self.programs / program)
            (self.programs / program).chmod(0o755)
        self.copy_policy()

    def copy_policy(self):
        """The policy that ships, as root's. Removes what was added to an earlier copy."""
        shutil.rmtree(self.policy, ignore_errors=True)
        for source in sorted(REPOSITORY.glob("policy/**/*.yaml")):
            target = self.policy / source.relative_to(REPOSITORY / "policy")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o644)
        self.policy.mkdir(exist_ok=True)
        self.policy.chmod(0o755)
