"""keyhole's policy commands on policies of the tests' own: the built program, and no gateway, no audit, no network."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
KEYHOLE = REPOSITORY / "out/bin/keyhole"
# Nobody holds these: they are those of policy/agents.yaml.example.
KEYS = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILHAtKtPUwIcnQ2gQMYbKKyuKThTmVa36pT2lxOIhTPF claude@example",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP98yOjZttExUeOEVXcvVdgiOPypvrxb+SlIoq53xw6N watcher@example",
]


def small_policy():
    """A policy with one command of each kind. A new value each time: tests change it."""
    return {
        "commands": {
            "show": {
                "exec": "/bin/cat",
                "about": "print files",
                "options": {"-n, --number": "flag"},
                "operands": ["path*"],
                "hints": {"-A": "use show -n"},
                "allow": ["show /etc/hosts", "show -n"],
                "deny": ["show -x", "show /etc/shadow"],
            },
            "first": {
                "exec": "/usr/bin/head",
                "about": "print the first lines",
                "options": {
                    "-n, --lines": "count 0..100",
                    "-NUM": "count 0..100",
                    "-q": "flag",
                    "--by": "optional one of [line, byte]",
                },
                "exclusive": [["-n", "-NUM"]],
                "operands": ["path*"],
                "maximum-operands": 3,
                "limits": {"time": "5s"},
                "allow": ["first -n 5 /etc/hosts"],
                "deny": ["first -n 101", "first --output=x"],
            },
            "units": {
                "exec": "/usr/bin/env",
                "about": "look at units",
                "arguments": "verbs-getopt",
                "fixed": ["--no-pager"],
                "options": {"-a, --all": "flag"},
                "verbs": {
                    "status": {"operands": ["unit*"], "options": {"-n": "count 0..50"}},
                    "list, ls": {"operands": "none"},
                },
                "default-verb": "list",
                "allow": ["units status nginx"],
                "deny": ["units restart nginx"],
            },
            "seek": {
                "exec": "/usr/bin/find",
                "about": "find files",
                "arguments": "find",
                "options": {"-name": "pattern", "-type": "one of [f, d]", "-L": "flag"},
                "allow": ["seek /etc -name '*.conf'"],
                "deny": ["seek /etc -delete"],
            },
            "lookup": {
                "exec": "/usr/bin/env",
                "about": "look up words",
                "arguments": "words",
                "options": {"dev": "interface", "-4": "flag"},
                "operands": ["one of [addr, link]", "word /[a-z]+/?"],
                "needs": {"netlink": ["route"]},
                "allow": ["lookup addr dev eth0"],
                "deny": ["lookup route"],
            },
        },
        "secrets": [
            {"path": "/etc/shadow*", "reason": "password hashes"},
            {"path": "/root/**", "reason": "root's home"},
        ],
        "public": ["/usr/share"],
        "roles": {
            "observer": {"about": "sees everything", "commands": "all"},
            "reader": {"about": "reads files", "commands": ["show", "first"]},
        },
        "agents": {
            "claude": {"keys": [KEYS[0]], "roles": ["observer"]},
            "watcher": {"keys": [KEYS[1]], "roles": ["reader"]},
        },
    }


class PolicyFolder:
    """A directory that a policy loader accepts."""

    def __init__(self, path):
        self.path = path
        path.mkdir(exist_ok=True)
        path.chmod(0o755)

    def __fspath__(self):
        return str(self.path)

    def __str__(self):
        return str(self.path)

    def write(self, contents, name="policy.yaml"):
        """A text, or a value as JSON, which is YAML."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(contents if isinstance(contents, str) else json.dumps(contents, indent=1))
        target.chmod(0o644)
        return self


@pytest.fixture
def folder(tmp_path):
    """Makes policy directories: `folder()`, `folder(policy)`, `folder(policy, "name")`."""
    made = []

    def make(policy=None, name=None):
        result = PolicyFolder(tmp_path / (name or f"policy-{len(made)}"))
        made.append(result)
        return result.write(small_policy() if policy is None else policy)

    return make


@pytest.fixture
def shipped(tmp_path):
    """A copy of the policy that ships, as whoever runs the tests."""
    result = PolicyFolder(tmp_path / "shipped")
    shutil.copytree(REPOSITORY / "policy", result.path, dirs_exist_ok=True, copy_function=shutil.copyfile)
    for path in result.path.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return result


class Done:
    """What a run of keyhole gave."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.err = done.stderr.decode("utf-8", "surrogateescape")

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"status {self.status}\n--- out\n{self.out}\n--- err\n{self.err}"


def policy_command(*words, stdin=b"", **options):
    """`keyhole policy WORDS…`."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    command = [str(KEYHOLE), "policy", *map(str, words)]
    options = {"capture_output": True, "timeout": 120} | options
    return Done(subprocess.run(command, input=stdin, **options))


def as_nobody(*words):
    """The same as a user who owns nothing here; the program is copied to where everybody can run it."""
    program = pathlib.Path("/tmp") / f"keyhole-for-nobody-{os.getpid()}"
    shutil.copyfile(KEYHOLE, program)
    program.chmod(0o755)
    try:
        return Done(
            subprocess.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "policy", *map(str, words)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
            )
        )
    finally:
        program.unlink()


def has_no_control_bytes(text):
    """Whether nothing in it could tell a terminal to do something."""
    return not any(
        ord(char) < 32 and char not in "\n\t" or 127 <= ord(char) < 160 or ord(char) in range(0x202A, 0x202F)
        for char in text
    )
