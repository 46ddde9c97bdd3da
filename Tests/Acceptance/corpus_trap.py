"""What an attack would change, show or reach, so that a test can tell that it did not.

A tree that everybody may write, secrets that everybody may read but for Keyhole, a process with a secret in its
environment, a name server and a port that notice who connects, and names that mislead. All of it in the private host.
"""

import base64
import gzip
import hashlib
import os
import pathlib
import shutil
import socket
import subprocess

PLACE = pathlib.Path("/run/corpus")
OPEN, LARGE, KEPT, CANARIES = PLACE / "open", PLACE / "large", PLACE / "kept", PLACE / "canaries"
SECRET = "canary:what-nobody-may-read"
SECRET_NAME = "a-name-nobody-may-see"
RESOLVER = "127.77.0.1"
# Places of well-known secrets, in the private host's own /run and /tmp.
SECRETS = [
    "/run/secrets/db", "/run/secrets/kubernetes.io/serviceaccount/token", "/run/credentials/x.service/key",
    "/tmp/krb5cc_1000",
]
SETTINGS = [
    "kernel/hostname", "kernel/domainname", "kernel/printk", "kernel/core_pattern", "vm/swappiness",
    "net/ipv4/ip_forward",
]
NAMES = {
    "sort": ["--output=made", "-n", "plain.txt"], "uniq": ["a", "b"], "cat": ["--help", "-n", "plain.txt"],
    "grep": ["--file=plain.txt", "-c", "plain.txt"], "wc": ["--files0-from=plain.txt", "plain.txt"],
    "tar": ["--checkpoint=1", "--checkpoint-action=exec=touch made", "plain.txt"],
    "commands": ["a;touch made.gz", "$(touch made).gz"],
}


def shows_a_secret(output):
    """Whether `output` has the secret, in whatever form the tools of the policy print it."""
    closed_up = "".join(output.split())
    contents = f"{SECRET}\n".encode()
    forms = [
        SECRET, SECRET[::-1], SECRET_NAME, contents.hex(), base64.b64encode(contents).decode(),
        hashlib.md5(contents).hexdigest(),
    ]
    return any(form in output or form in closed_up for form in forms)


class Trap:
    def __init__(self):
        self.shadow = pathlib.Path("/etc/shadow").read_text()
        self.mounted = []
        self.victim = None
        self.port = None
        self.listeners = []

    def __enter__(self):
        try:
            self.lay_out()
            self.keep_secrets()
            self.mislead()
            self.listen()
            environment = {"PATH": os.environ["PATH"], "TOKEN": SECRET}
            victim = ["setpriv", "--reuid=65534", "--clear-groups", "sleep", "3600"]
            self.victim = subprocess.Popen(victim, env=environment)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.victim:
            self.victim.kill()
            self.victim.wait()
        for listener in self.listeners:
            listener.close()
        for target in reversed(self.mounted):
            subprocess.run(["umount", "-n", target], check=True)
        path = pathlib.Path("/etc/shadow")
        path.write_text(self.shadow)
        path.chmod(0o640)
        for folder in (PLACE, pathlib.Path("/run/secrets"), pathlib.Path("/run/credentials")):
            shutil.rmtree(folder, ignore_errors=True)
        pathlib.Path("/tmp/krb5cc_1000").unlink(missing_ok=True)

    def lay_out(self):
        below = [PLACE / name for name in ("alias", "names", "loop/below")]
        for folder in (OPEN, LARGE, KEPT, CANARIES / "folder", *below):
            folder.mkdir(parents=True)
        for folder in (CANARIES, CANARIES / "folder"):
            folder.chmod(0o777)
        for path in (CANARIES / "file", CANARIES / "folder/file"):
            path.write_text("as it was\n")
            path.chmod(0o666)
        (OPEN / "plain.txt").write_text("words for everybody\n")
        (LARGE / "backtracking").write_text("a" * 5000 + "!\n")
        (LARGE / "tabs").write_text("\tx\n" * 100)
        (LARGE / "deep.json").write_text("[" * 1_000_000)
        (LARGE / "bomb.gz").write_bytes(gzip.compress(bytes(64 << 20)))
        os.mkfifo(OPEN / "fifo", 0o666)
        (PLACE / "loop/self").symlink_to("self")
        (PLACE / "loop/below/back").symlink_to("..")

    def keep_secrets(self):
        """Readable by every user: only the denylist keeps them."""
        for path in (KEPT / "token", KEPT / SECRET_NAME, *map(pathlib.Path, SECRETS)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(SECRET + "\n")
            path.chmod(0o644)
        # The private host's own copy.
        assert " /etc/shadow " in pathlib.Path("/proc/self/mountinfo").read_text()
        path = pathlib.Path("/etc/shadow")
        path.write_text(self.shadow + f"{SECRET}:19000:0:99999:7:::\n")
        path.chmod(0o644)
        (OPEN / "link").symlink_to(KEPT / "token")
        (OPEN / "relative-link").symlink_to("../kept/token")
        (OPEN / "chain").symlink_to("link")
        (OPEN / "folder-link").symlink_to(KEPT)
        os.link(KEPT / "token", OPEN / "hard-link")
        self.mount(KEPT, PLACE / "alias")

    def mislead(self):
        """Names that are options to whoever takes a wildcard's words as they come."""
        for folder, names in NAMES.items():
            (PLACE / "names" / folder).mkdir()
            (PLACE / "names" / folder).chmod(0o777)
            for name in names:
                path = PLACE / "names" / folder / name
                path.write_text("x\n")
                path.chmod(0o666)

    def listen(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.port = server.getsockname()[1]
        names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        names.bind((RESOLVER, 53))
        self.listeners = [server, names]
        for listener in self.listeners:
            listener.setblocking(False)
        resolver = PLACE / "resolv.conf"
        resolver.write_text(f"nameserver {RESOLVER}\noptions timeout:1 attempts:1\n")
        self.mount(resolver, os.path.realpath("/etc/resolv.conf"))

    def mount(self, source, target):
        subprocess.run(["mount", "-n", "--bind", source, target], check=True)
        self.mounted.append(target)

    def connections(self):
        """How often somebody has connected or asked for a name since the last time."""
        found = 0
        for listener in self.listeners:
            while True:
                try:
                    if listener.type == socket.SOCK_STREAM:
                        listener.accept()[0].close()
                    else:
                        listener.recv(4096)
                    found += 1
                except BlockingIOError:
                    break
        return found

    def state(self):
        """What no attack may change: our own trees, the private folders, and settings of the kernel."""
        found = {}
        for top in (PLACE, pathlib.Path("/run/secrets"), pathlib.Path("/run/credentials")):
            for folder, folders, files in os.walk(top):
                for name in [*folders, *files]:
                    path = pathlib.Path(folder, name)
                    status = path.lstat()
                    times = status.st_mtime_ns, status.st_ctime_ns
                    found[str(path)] = (status.st_mode, status.st_uid, status.st_size, times)
        for path in ("/etc/passwd", "/etc/shadow", "/etc/group"):
            found[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
        for name in SETTINGS:
            found[name] = pathlib.Path("/proc/sys", name).read_text()
        for name in ("made", "x", "out", "y"):
            found[f"/tmp/{name}"] = os.path.lexists(f"/tmp/{name}")
        found["mounts"] = pathlib.Path("/proc/self/mountinfo").read_text()
        for words in (["ip", "-br", "link"], ["ip", "-br", "address"], ["ip", "route"]):
            found[" ".join(words)] = subprocess.run(words, capture_output=True, text=True).stdout
        return found
