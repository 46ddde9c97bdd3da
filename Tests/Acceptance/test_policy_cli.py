"""`keyhole policy check` and `explain`: exit statuses and messages, with no broker and no privilege."""

import json
import subprocess

import pytest

GOOD = {
    "commands": {"show": {
        "exec": "/bin/cat", "about": "print files", "options": {"-n, --number": "flag"}, "operands": ["path*"],
        "allow": ["show /etc/hosts", "show -n"], "deny": ["show -x"]}},
    "secrets": [{"path": "/etc/shadow*", "reason": "password hashes"}],
    "roles": {"observer": {"about": "looks", "commands": ["show"]}},
}


@pytest.fixture
def policy(session_gateway, tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    folder.chmod(0o755)

    def write(contents, name="policy.yaml"):
        path = folder / name
        path.write_text(contents if isinstance(contents, str) else json.dumps(contents))
        path.chmod(0o644)
        return folder

    return write


@pytest.fixture
def keyhole(session_gateway):
    def run(*words):
        return subprocess.run(
            [session_gateway.layout.programs / "keyhole", *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)

    return run


def changed(**changes):
    command = GOOD["commands"]["show"] | changes
    return GOOD | {"commands": {"show": command}}


def test_a_good_policy_passes(keyhole, policy):
    done = keyhole("policy", "check", "--policy", policy(GOOD))
    assert done.returncode == 0, done.stderr


def test_the_policy_that_ships_passes(keyhole, session_gateway):
    done = keyhole("policy", "check", "--policy", session_gateway.layout.policy)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line, status", [
    ("show /etc/hosts", 0), ("show -n /etc/hosts | show", 0), ("show -x", 126), ("show /etc/shadow", 126), ("show $x", 126),
    ("other", 127), ("show ; other", 127),
])
def test_explain_has_a_status_for_each_verdict(keyhole, policy, line, status):
    done = keyhole("policy", "explain", "--policy", policy(GOOD), line)
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stdout + done.stderr


def test_explain_names_the_rule_that_refused(keyhole, policy):
    folder = policy(GOOD)
    done = keyhole("policy", "explain", "--policy", folder, "show /etc/shadow")
    assert "policy.yaml:" in done.stdout + done.stderr and "password hashes" in done.stdout + done.stderr


@pytest.mark.parametrize("name, contents, words", [
    ("syntax error", "commands:\n  show: [\n", ["policy.yaml:"]),
    ("unknown key", changed(argumnets="getopt"), ["policy.yaml:1:", "argumnets", "arguments"]),
    ("allow example that is refused", changed(allow=["show -x"]), ["policy.yaml:1:", "show -x"]),
    ("deny example that is allowed", changed(deny=["show /etc/hosts"]), ["policy.yaml:1:", "show /etc/hosts"]),
    ("allow example that is a secret", changed(allow=["show /etc/shadow"]), ["policy.yaml:1:", "/etc/shadow"]),
    ("no examples", changed(allow=[]), ["policy.yaml:1:", "allow"]),
    ("relative executable", changed(exec="bin/cat"), ["policy.yaml:1:", "bin/cat"]),
    ("unknown type", changed(options={"-n": "flagg"}), ["policy.yaml:1:", "flagg"]),
    ("no secrets", {"commands": GOOD["commands"]}, ["secrets"]),
    ("no commands", {"secrets": GOOD["secrets"]}, ["commands"]),
    ("role with an unknown command", GOOD | {"roles": {"observer": {"about": "x", "commands": ["nothing"]}}}, ["policy.yaml:1:", "nothing"]),
    ("agent with an unknown role", GOOD | {"agents": {"a": {"keys": [], "roles": ["nobody"]}}}, ["policy.yaml:1:", "nobody"]),
    ("agent with a key that is none", GOOD | {"agents": {"a": {"keys": ["ssh-rot13 x"], "roles": ["observer"]}}}, ["policy.yaml:1:"]),
    ("secret pattern that is relative", GOOD | {"secrets": [{"path": "etc/x", "reason": "x"}]}, ["policy.yaml:1:", "etc/x"]),
    ("two of the same key", "commands: {}\ncommands: {}\n", ["policy.yaml:", "commands"]),
    ("a file of NULs", "\0\0\0\0", ["policy.yaml"]),
], ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "")
def test_a_broken_policy_is_named_with_its_place(keyhole, policy, name, contents, words):
    folder = policy(contents)
    for command in (["check"], ["explain", "show"]):
        done = keyhole("policy", command[0], "--policy", folder, *command[1:])
        assert done.returncode == 2, done.stdout + done.stderr
        for word in words:
            assert word in done.stderr, done.stderr


def test_the_same_command_in_two_files_is_a_contradiction(keyhole, policy):
    policy(GOOD, "a.yaml")
    done = keyhole("policy", "check", "--policy", policy({"commands": GOOD["commands"]}, "b.yaml"))
    assert done.returncode == 2 and "a.yaml:" in done.stderr and "b.yaml:" in done.stderr


def test_a_policy_that_is_not_there_is_an_error(keyhole, tmp_path):
    done = keyhole("policy", "check", "--policy", tmp_path / "nothing")
    assert done.returncode == 2 and "nothing" in done.stderr


def test_an_unreadable_policy_is_an_error(keyhole, policy, session_gateway):
    folder = policy(GOOD)
    (folder / "policy.yaml").chmod(0o600)
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", session_gateway.layout.programs / "keyhole",
         "policy", "check", "--policy", folder], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and str(folder) in done.stderr


def test_doctor_says_what_a_host_has_and_how_to_get_the_rest(keyhole, gateway):
    done = keyhole("doctor", "--config", gateway.broker.configuration)
    lines = {" ".join(line.split()[1:2]): line.split()[0] for line in done.stdout.splitlines() if line[:1].strip()}
    for found in ("landlock", "seccomp", "audit", "keyhole-exec", "broker.yaml", "policy", "broker"):
        assert lines[found] == "ok", done.stdout
    # This host has no sshd drop-in of Keyhole's, and nothing is installed in /usr/lib.
    assert lines["sshd"] == "missing" and lines["keyhole-shell"] == "missing" and done.returncode == 1
    assert "hint: scripts/install" in done.stdout


def test_a_wrong_word_on_the_command_line_is_named(keyhole):
    done = keyhole("polcy")
    assert done.returncode not in (0, 126, 127) and "polcy" in done.stderr
