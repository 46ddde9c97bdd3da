"""`keyhole agents import authorized_keys`: all of a file, or nothing."""

import pytest

from agents_desk import Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_file_becomes_agents_with_what_its_options_mean_here(desk):
    keys = desk.keys
    file = desk.folder / "authorized_keys"
    file.write_text(
        "# the team's\n\n"
        f'restrict,from="10.0.0.0/8,2001:db8::/32",expiry-time="20301231Z" {keys.public("ada")}\n'
        f'command="/usr/bin/echo \\"no, no\\"",no-pty,no-port-forwarding {keys.public("bob")}\n'
        f'\tssh-rsa {keys.public("rsa", "-t", "rsa", "-b", "3072").split()[1]}\n'
        f'cert-authority,principals="x" {keys.public("ca")}\n')
    said, notes = desk.agents("import", "authorized_keys", str(file), "--role", "observer")
    assert "imported 3 agents and 1 certificate authority" in said
    agents = desk.list()
    assert set(agents) == {"ada", "bob", "agent-5"}
    assert agents["ada"]["from"] == ["10.0.0.0/8", "2001:db8::/32"]
    assert agents["ada"]["expires"] == "2030-12-31T00:00:00Z"
    assert agents["bob"]["from"] == [] and agents["bob"]["roles"] == ["observer"]
    assert f"{file}:4: bob: left out, since keyhole restricts by itself: command, no-pty, no-port-forwarding" in notes
    assert f"{file}:5: agent-5: named so" in notes and f"{file}:6: a certificate authority" in notes
    assert desk.check()[0] == 0
    assert list(desk.visible()) == ["agents/imported.yaml", "policy.yaml"]


def test_names_are_made_unique_also_against_the_policy(desk):
    first, second, third = (desk.keys.public(name) for name in ("one", "two", "three"))
    desk.agents("add", "me-here", "--key", first, "--role", "logs")
    text = "".join(" ".join(key.split()[:2]) + " me@here\n" for key in (second, third))
    said, _ = desk.agents("import", "authorized_keys", "-", "--role", "logs", stdin=text)
    assert "me-here-2, me-here-3" in said
    assert set(desk.list()) == {"me-here", "me-here-2", "me-here-3"}


def test_a_second_import_gets_a_file_of_its_own(desk):
    for name in ("one", "two"):
        desk.agents("import", "authorized_keys", "-", "--role", "logs", stdin=desk.keys.public(name))
    assert {"agents/imported.yaml", "agents/imported-2.yaml"} <= set(desk.visible())


def test_one_bad_line_and_nothing_is_imported_and_every_bad_line_is_named(desk):
    desk.agents("add", "known", "--key", desk.keys.public("known"), "--role", "logs")
    before = desk.tree()
    good = desk.keys.public("good")
    text = "\n".join([
        good, "nonsense", good, "ssh-ed25519 AAAA", f'command="x {desk.keys.public("b")}', desk.keys.public("known"),
        f'from="*.example.com" {desk.keys.public("c")}', desk.keys.public("weak", "-t", "rsa", "-b", "2048"),
        "ssh-dss AAAA x", f'expiry-time="soon" {desk.keys.public("d")}',
    ])
    said, complaints = desk.agents("import", "authorized_keys", "-", status=1, stdin=text)
    assert said == ""
    named = [int(line.split(":")[1]) for line in complaints.splitlines() if ": error: " in line]
    assert named == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert "the same key stands on line 1" in complaints and "agent known's already" in complaints
    assert "9 lines cannot be imported: nothing was changed" in complaints
    assert desk.tree() == before


def test_a_private_key_is_refused_and_not_repeated(desk):
    secret = desk.keys.path("mine").read_text()
    said, complaints = desk.agents("import", "authorized_keys", str(desk.keys.path("mine")), status=1)
    assert "holds a private key" in complaints
    assert not any(line in said + complaints for line in secret.splitlines())


def test_an_empty_file_and_an_unknown_role_are_said(desk):
    assert "has no key to import" in desk.agents("import", "authorized_keys", "-", status=1, stdin="# nothing\n")[1]
    _, complaints = desk.agents(
        "import", "authorized_keys", "-", "--role", "obsrver", status=1, stdin=desk.keys.public("a"))
    assert "did you mean observer?" in complaints


def test_a_dry_run_shows_all_and_changes_nothing(desk):
    before = desk.tree()
    said, _ = desk.agents("import", "authorized_keys", "-", "--role", "logs", "--dry-run", stdin=desk.keys.public("a"))
    assert "+ agent a: added with 1 key, roles logs" in said and "nothing was changed" in said
    assert desk.tree() == before
