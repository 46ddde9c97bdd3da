"""A policy of a test's own, and `keyhole agents` on it; keys and certificates that ssh-keygen makes."""

import json
import os
import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
KEYHOLE = REPOSITORY / "out/bin/keyhole"
SMALL = """commands:
  show:
    exec: /bin/cat
    about: print files
    operands: ["path*"]
    allow: [show /etc/hosts]
    deny: [show -x]
secrets:
  - {path: /etc/shadow*, reason: password hashes}
roles:
  observer: {about: sees all, commands: all}
  logs: {commands: [show]}
"""


class Keys:
    """Key pairs in a folder, by name."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def path(self, name, *options):
        path = self.folder / name
        if not path.exists():
            options = options or ("-t", "ed25519")
            subprocess.run(["ssh-keygen", "-q", *options, "-N", "", "-C", name, "-f", path], check=True)
        return path

    def public(self, name, *options):
        self.path(name, *options)
        return (self.folder / f"{name}.pub").read_text().strip()

    def fingerprint(self, name):
        listed = subprocess.run(["ssh-keygen", "-l", "-f", self.path(name)], capture_output=True, text=True, check=True)
        return listed.stdout.split()[1]

    def certificate(self, authority, name, *options, principals="claude"):
        """Has `authority` certify the key `name`; the private key to log in with. A certificate before it goes."""
        key = self.path(name)
        words = ["ssh-keygen", "-q", "-s", self.path(authority), "-I", f"id of {name}"]
        if principals:
            words += ["-n", principals]
        subprocess.run([*words, *options, f"{key}.pub"], check=True)
        return key


class Desk:
    """A small policy below `folder`, and no broker that uses it."""

    def __init__(self, folder):
        folder.chmod(0o755)
        self.folder = folder
        self.policy = folder / "policy"
        self.policy.mkdir(mode=0o755)
        self.write("policy.yaml", SMALL)
        self.nowhere = folder / "broker.yaml"
        self.nowhere.write_text(json.dumps({"socket": str(folder / "run/broker.sock")}))
        self.keys = Keys(folder / "keys")

    def write(self, name, text):
        path = self.policy / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)
        return path

    def agents(self, *words, status=0, stdin=None, **options):
        """Runs `keyhole agents WORDS` on the policy; its output and what it complains of."""
        place = ["--policy", self.policy]
        if words[0] not in ("list", "show"):
            place += ["--config", self.nowhere]
        done = subprocess.run(
            [KEYHOLE, "agents", *words, *place], capture_output=True, text=True, input=stdin or "", timeout=60, **options)
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout, done.stderr

    def list(self):
        return {agent["name"]: agent for agent in json.loads(self.agents("list", "--json")[0])["agents"]}

    def check(self):
        """What is wrong with the policy."""
        done = subprocess.run([KEYHOLE, "policy", "check", "--policy", self.policy], capture_output=True, text=True)
        return done.returncode, done.stderr

    def tree(self):
        """Every file of the policy, hidden ones too, with its content."""
        return {
            str(path.relative_to(self.policy)): path.read_bytes()
            for path in sorted(self.policy.rglob("*")) if path.is_file()
        }

    def visible(self):
        return {name: content for name, content in self.tree().items() if not os.path.basename(name).startswith(".")}
