"""`keyhole agents`: agents come, change and go; nothing else of a policy does."""

import json
import os
import stat
import subprocess

import pytest

from agents_desk import Desk, KEYHOLE

HAND_WRITTEN = """# Who may come to this host.
agents:

  # The web team's, until the move is done.
  claude:     # ask Ada
    keys:
      - {claude}   # laptop
    roles: [observer]   # all of it

  watcher: {{keys: ["{watcher}"], roles: [logs], suspended: true}}  # the collector
"""


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def written(desk):
    """The desk with two agents in a file written by hand, and that file."""
    text = HAND_WRITTEN.format(claude=desk.keys.public("claude"), watcher=desk.keys.public("watcher"))
    return desk, desk.write("agents.yaml", text), text


def test_a_new_agent_stands_in_a_file_of_its_own_that_needs_no_formatting(desk):
    said, _ = desk.agents(
        "add", "claude", "--key", desk.keys.public("claude"), "--role", "observer", "--from", "10.0.0.0/8",
        "--from", "2001:DB8::/32,192.0.2.7", "--expires", "2030-12-31", "--about", "looks: after #web", "--calls", "4",
        "--connections", "8")
    assert "added agent claude" in said and "no broker runs" in said
    file = desk.policy / "agents/claude.yaml"
    before = file.read_bytes()
    assert subprocess.run([KEYHOLE, "policy", "format", "--check", desk.policy]).returncode == 0
    assert file.read_bytes() == before
    assert stat.S_IMODE(file.stat().st_mode) == 0o644 and file.stat().st_uid == os.getuid()
    agent = desk.list()["claude"]
    assert agent["roles"] == ["observer"]
    assert agent["from"] == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]
    assert agent["expires"] == "2030-12-31" and agent["state"] == "active"
    assert agent["about"] == "looks: after #web" and agent["limits"] == {"connections": 8, "calls": 4}
    assert agent["fingerprints"] == [desk.keys.fingerprint("claude")]
    assert desk.check()[0] == 0


def test_keys_come_from_files_and_from_standard_input(desk):
    desk.keys.public("a"), desk.keys.public("b")
    desk.agents("add", "file", "--key-file", str(desk.keys.path("a")) + ".pub", "--role", "logs")
    desk.agents("add", "input", "--key-file", "-", "--role", "logs", stdin=desk.keys.public("b") + "\n")
    agents = desk.list()
    assert agents["file"]["fingerprints"] == [desk.keys.fingerprint("a")]
    assert agents["input"]["fingerprints"] == [desk.keys.fingerprint("b")]


@pytest.mark.parametrize("words, status, complaint", [
    (["add", "claude", "--key", "{new}"], 1, "there is an agent claude already"),
    (["add", "x", "--key", "{claude}"], 1, "the key is agent claude's already"),
    (["add", "x", "--key", "{new}", "--role", "observr"], 1, "did you mean observer?"),
    (["add", "x", "--key", "{new}", "--from", "10.0.0.1/8"], 1, "write 10.0.0.0/8"),
    (["add", "x", "--key", "{new}", "--expires", "2020-01-01"], 1, "has passed already"),
    (["add", "x", "--key", "{new}", "--expires", "tomorrow"], 1, "30d"),
    (["add", "x", "--key", "{new}", "--about", "a\nb"], 1, "one line"),
    (["add", "a b", "--key", "{new}"], 1, "letters, digits and - _ ."),
    (["add", "../x", "--key", "{new}"], 1, "letters, digits and - _ ."),
    (["add", "x", "--key", "ssh-ed25519 AAAA"], 1, "not a well-formed ssh-ed25519 key"),
    (["add", "x", "--key", "{weak}"], 1, "the key has 2048 bits, and RSA keys need 3072"),
    (["add", "x", "--key-file", "{private}"], 1, "holds a private key"),
    (["add", "x", "--role", "logs"], 64, "an agent needs a key"),
    (["add", "x", "--key", "{new}", "--calls", "0"], 64, "from 1 to 4096"),
    (["suspend", "clade"], 1, "did you mean claude?"),
    (["resume", "nobody"], 1, "keyhole agents list"),
    (["remove", "watchr"], 1, "did you mean watcher?"),
    (["rotate", "claude", "--key", "{watcher}"], 1, "the key is agent watcher's already"),
    (["show", "clade"], 1, "did you mean claude?"),
])
def test_a_mistake_is_named_and_changes_nothing(written, words, status, complaint):
    desk, _, _ = written
    values = {name: desk.keys.public(name) for name in ("new", "claude", "watcher")}
    values["weak"] = desk.keys.public("weak", "-t", "rsa", "-b", "2048")
    values["private"] = str(desk.keys.path("new"))
    before = desk.tree()
    said, complaints = desk.agents(*[word.format(**values) for word in words], status=status)
    assert complaint in complaints and said == ""
    assert desk.tree() == before
    # What was given by mistake is not shown to whoever looks over the shoulder.
    secret = desk.keys.path("new").read_text().splitlines()[2]
    assert secret not in complaints


def test_a_private_key_is_never_repeated(desk):
    secret = desk.keys.path("mine").read_text()
    for words, stdin in [(["--key", secret], None), (["--key-file", "-"], secret), (["--key", secret.splitlines()[1]], None)]:
        said, complaints = desk.agents("add", "x", *words, status=1, stdin=stdin)
        assert "private key" in complaints
        for line in secret.splitlines():
            assert line not in said + complaints


def test_suspending_changes_one_line_and_resuming_brings_the_file_back(written):
    desk, file, text = written
    desk.agents("suspend", "claude", "--reason", "laptop lost: see #12")
    changed = text.replace("# all of it\n", "# all of it\n    suspended: 'laptop lost: see #12'\n")
    assert file.read_text() == changed
    assert desk.list()["claude"]["state"] == "suspended"
    assert "suspended already" in desk.agents("suspend", "claude")[0]
    desk.agents("suspend", "claude", "--reason", "found")
    assert desk.list()["claude"]["reason"] == "found"
    desk.agents("resume", "claude")
    assert file.read_text() == text
    desk.agents("resume", "watcher")
    assert file.read_text() == text.replace(", suspended: true", "")
    assert "is not suspended" in desk.agents("resume", "watcher")[0]
    assert (desk.policy / ".agents.yaml.previous").read_text() == text


def test_removing_takes_the_agents_lines_and_no_comment(written):
    desk, file, text = written
    desk.agents("remove", "watcher")
    start = text.index("  watcher:")
    assert file.read_text() == text[:start]
    desk.agents("remove", "claude")
    assert file.read_text().startswith("# Who may come to this host.\nagents: {}\n")
    assert "until the move is done" in file.read_text()
    assert desk.list() == {} and desk.check()[0] == 0


def test_the_file_of_a_removed_agent_goes_and_is_kept_beside(desk):
    desk.agents("add", "claude", "--key", desk.keys.public("claude"), "--role", "logs")
    file = desk.policy / "agents/claude.yaml"
    text = file.read_bytes()
    desk.agents("remove", "claude")
    assert not file.exists() and (file.parent / ".claude.yaml.previous").read_bytes() == text
    desk.agents("add", "claude", "--key", desk.keys.public("claude"), "--role", "logs")


def test_rotating_replaces_all_keys_or_adds_one_and_then_drops_the_others(written):
    desk, file, text = written
    new, newer = desk.keys.public("new"), desk.keys.public("newer")
    old = desk.keys.public("claude")
    desk.agents("rotate", "claude", "--key", new, "--keep-old")
    assert file.read_text() == text.replace("# laptop\n", f"# laptop\n      - {new}\n")
    assert desk.list()["claude"]["keys"] == [old, new]
    assert "already" in desk.agents("rotate", "claude", "--key", new, "--keep-old")[0]
    desk.agents("rotate", "claude", "--key", new)
    assert desk.list()["claude"]["keys"] == [new]
    desk.agents("rotate", "claude", "--key", newer)
    assert desk.list()["claude"]["keys"] == [newer]
    desk.agents("rotate", "watcher", "--key", new)
    assert "# the collector" in file.read_text() and desk.list()["watcher"]["keys"] == [new]


def test_a_dry_run_shows_what_would_change_and_changes_nothing(written):
    desk, _, _ = written
    before = desk.tree()
    key = desk.keys.public("new")
    for words, expected in [
        (["add", "x", "--key", key, "--role", "logs"], "+ agent x: added with 1 key, roles logs"),
        (["suspend", "claude", "--reason", "why"], "- agent claude: is suspended: why"),
        (["resume", "watcher"], "+ agent watcher: is no longer suspended"),
        (["rotate", "claude", "--key", key], "- agent claude: key removed"),
        (["remove", "claude"], "- agent claude: removed"),
    ]:
        said, _ = desk.agents(*words, "--dry-run")
        assert expected in said and "nothing was changed" in said
        assert "/tmp/keyhole-edit" not in said
        assert desk.tree() == before


def test_nothing_is_installed_into_a_policy_that_does_not_load(desk):
    desk.write("broken.yaml", "roles: {x: {}}\n")
    before = desk.tree()
    _, complaints = desk.agents("add", "claude", "--key", desk.keys.public("claude"), "--role", "logs", status=2)
    assert "role x has no `commands`" in complaints
    assert desk.tree() == before


def test_a_file_that_is_written_oddly_is_left_to_an_editor(desk):
    file = desk.write("agents.yaml", f"agents:\n  a: &same {{keys: [], roles: [logs]}}\n  b: *same\n")
    text = file.read_text()
    _, complaints = desk.agents("suspend", "b", status=1)
    assert "keyhole policy edit agents.yaml" in complaints and file.read_text() == text


def test_an_included_agent_is_named_and_not_changed(desk):
    outside = desk.folder / "shared.yaml"
    outside.write_text(f"agents: {{far: {{keys: [\"{desk.keys.public('far')}\"], roles: [logs]}}}}\n")
    outside.chmod(0o644)
    desk.write("own.yaml", f"include: [{outside}]\n")
    _, complaints = desk.agents("suspend", "far", status=1)
    assert f"stands in {outside}" in complaints


def test_who_does_not_own_the_policy_changes_nothing(desk):
    before = desk.tree()
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    done = subprocess.run(
        [*nobody, KEYHOLE, "agents", "add", "x", "--key", desk.keys.public("x"), "--policy", desk.policy],
        capture_output=True, text=True)
    # Where nobody cannot even start the program, it cannot be told either.
    if "not permitted" in done.stderr or "Permission denied" in done.stderr and "keyhole:" not in done.stderr:
        pytest.skip("the checkout cannot be entered by nobody")
    assert done.returncode in (2, 77), done.stderr
    assert desk.tree() == before


def test_two_changes_at_once_wait_for_nobody_and_lose_nothing(desk):
    import fcntl

    lock = desk.policy / ".keyhole-edit.lock"
    with open(lock, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("process 1 since noon\n")
        held.flush()
        _, complaints = desk.agents("add", "x", "--key", desk.keys.public("x"), status=75)
    assert "somebody else edits" in complaints and "process 1 since noon" in complaints
    assert "agents" not in os.listdir(desk.policy)


def test_the_list_shows_who_may_come_and_why_not(desk):
    desk.write("agents.yaml", json.dumps({"agents": {
        "active": {"keys": [desk.keys.public("a"), desk.keys.public("b")], "roles": ["observer", "logs"]},
        "expired": {"keys": [desk.keys.public("c")], "roles": ["logs"], "expires": "2020-01-01"},
        "nameless": {"principals": ["p"], "roles": ["logs"]},
        "out": {"keys": [desk.keys.public("d")], "roles": [], "suspended": "why not", "from": ["10.0.0.0/8"]},
    }}))
    text, _ = desk.agents("list")
    rows = {line.split()[0]: line for line in text.splitlines()[1:] if not line.startswith(" ")}
    assert " active " in rows["active"] and "observer,logs" in rows["active"] and desk.keys.fingerprint("a") in rows["active"]
    assert desk.keys.fingerprint("b") in text
    assert " expired " in rows["expired"] and "2020-01-01" in rows["expired"]
    assert "no key" in rows["nameless"] and "principal p" in rows["nameless"]
    assert "suspended" in rows["out"] and "10.0.0.0/8" in rows["out"] and "none" in rows["out"]
    shown, _ = desk.agents("show", "out")
    assert "why not" in shown and "agents.yaml:" in shown
    assert json.loads(desk.agents("show", "out", "--json")[0])["reason"] == "why not"


def test_nobody_is_said_with_what_to_do(desk):
    assert "keyhole agents add" in desk.agents("list")[0]
