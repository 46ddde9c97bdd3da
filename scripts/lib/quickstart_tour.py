"""The calls that scripts/quickstart shows. Runs inside scripts/private-host."""

import os
import pathlib
import signal
import subprocess
import sys

from private_gateway import Gateway, processes

SECRET = pathlib.Path("/run/secrets/api-token")
# Title, line, the exit statuses that are right, and how many lines of output to show.
TOUR = [
    ("an allowed command", "uptime", {0}, 5),
    ("a pipeline, without a shell", "ps aux | sort -rnk 4 | head -n 3", {0}, 5),
    ("a file, and a redirection that changes nothing", "cat /etc/os-release /etc/nothing 2>/dev/null | head -n 2", {0}, 5),
    ("a command that changes something", "rm -rf /tmp/x", {126, 127}, 5),
    ("an output that goes to a file", "cat /etc/hostname > /tmp/x", {126}, 5),
    ("a shell's tricks", "cat $(find /etc -name shadow)", {126}, 5),
    ("a secret, readable to everyone on this host", f"cat {SECRET}", {1, 126}, 5),
    ("the same secret through a symbolic link", "cat /run/private-host/notes.txt", {1, 126}, 5),
    ("what there is", "help", {0}, 12),
]
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def say(text=""):
    print(text, flush=True)


def write_client_configuration(gateway, outside):
    """An ssh_config(5) with which `ssh diag@host` is this gateway, on either side of the namespace."""
    path = gateway.layout.root / "ssh_config"
    path.write_text(
        f"Host host\n  HostName 127.0.0.1\n  HostKeyAlias [127.0.0.1]:{gateway.server.port}\n"
        f"  Port {gateway.server.port}\n  IdentityFile {outside}/keys/agent\n  IdentitiesOnly yes\n"
        f"  IdentityAgent none\n  UserKnownHostsFile {outside}/keys/{gateway.server.known_hosts.name}\n"
        "  StrictHostKeyChecking yes\n  LogLevel ERROR\n")
    return f"{outside}/ssh_config"


def show(title, line, expected, lines, configuration):
    say(f"\n{DIM}# {title}{PLAIN}\n{BOLD}$ ssh diag@host '{line}'{PLAIN}")
    done = subprocess.run(
        ["ssh", "-F", configuration, "diag@host", "--", line], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=60)
    output = done.stdout.decode("utf-8", "replace").splitlines()
    for text in output[:lines]:
        say(text if len(text) <= 132 else text[:131] + "…")
    if len(output) > lines:
        say(f"{DIM}  … {len(output) - lines} more lines{PLAIN}")
    say(f"{DIM}exit status {done.returncode}{PLAIN}")
    if done.returncode not in expected:
        say(f"quickstart: expected exit status {' or '.join(map(str, sorted(expected)))}")
        return False
    return True


def show_audit(gateway, after):
    say(f"\n{BOLD}What the audit trail has of these calls{PLAIN} {DIM}(ausearch -i){PLAIN}")
    enough = lambda: len([r for r in gateway.audit.records(after) if r.op == "keyhole:decision"]) >= len(TOUR)
    processes.eventually(enough, 3)
    records = gateway.audit.records(after)
    for record in records:
        fields = record.fields
        detail = {
            "keyhole:decision": f"{fields.get('verdict')}  {fields.get('cmd', '(no command)')}",
            "keyhole:end": f"{fields.get('cause')} status={fields.get('status')} {fields.get('duration-ms')} ms",
            "keyhole:refused-open": f"{fields.get('name')}  {fields.get('info')}",
        }.get(record.op, "")
        say(f"  {record.type:14} {record.op.removeprefix('keyhole:'):13} call={fields.get('call', '-')} {detail}")
    whole = next((r for r in records if r.fields.get("verdict") == "refused"), None)
    if whole:
        say(f"{DIM}one of them whole:{PLAIN}")
        say("  " + gateway.audit.interpreted([whole.serial]).strip().splitlines()[-1])
    return enough()


def main():
    keep = "--keep" in sys.argv[1:]
    front = "openssh" if "--openssh" in sys.argv[1:] else "embedded"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    outside = os.environ["KEYHOLE_PRIVATE_HOST_DIR"]
    with Gateway(agent="visitor", front=front) as gateway:
        SECRET.parent.mkdir()
        SECRET.write_text("token-that-nobody-should-see\n")
        (gateway.layout.root / "notes.txt").symlink_to(SECRET)
        gateway.broker.start()
        configuration = write_client_configuration(gateway, outside)
        say(f"==> {gateway.server.name} on 127.0.0.1:{gateway.server.port}, keyhole-broker and the audit trail are up")
        say(f"    below, ssh stands for: ssh -F {configuration}")
        after = gateway.audit.position()
        right = [show(*call, configuration) for call in TOUR]
        recorded = show_audit(gateway, after)
        if not recorded:
            say("quickstart: some decisions are not in the audit trail")
        if keep:
            say(f"\n{BOLD}It keeps running.{PLAIN} From another terminal, as root:")
            say(f"  ssh -F {configuration} diag@host 'journalctl -n 5'")
            say(f"End it with Ctrl-C, or: kill {os.getppid()}")
            signal.pause()
        else:
            say("\nTo make calls of your own: scripts/quickstart --keep")
            say("To set up this host for agents: scripts/install (docs/operations.md)")
        return 0 if all(right) and recorded else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
