"""Attacks that the policy lets run, in the sandbox through the real ssh client.

Nothing changes, no secret is seen, nobody is reached, no process is left, and the line ends as the corpus says.
"""

import json
import subprocess
import time

import pytest

import corpora
import corpus_trap
from corpus_judge import contents
from corpus_trap import OPEN, PLACE, SECRET, SECRET_NAME, Trap, shows_a_secret
from private_gateway import processes

HARMLESS = [attack for attack in corpora.attacks() if attack.is_harmless]
SECONDS = round(4 * processes.SCALE)
OUTPUT = "256KiB"
# What the record of the end says, by what ends the line. Which limit is met first may depend on the machine.
CAUSES = {
    "itself": ["exited"], "time limit": ["timed-out"], "output limit": ["output-limit"], "client": ["client-gone"],
    "a limit": ["exited", "signaled", "timed-out", "output-limit"],
}


@pytest.fixture(scope="module")
def trap(session_gateway):
    """The policy that ships, with shorter limits, so that what has no end need not be waited for."""
    gateway = session_gateway
    with Trap() as trap:
        before = {path: path.read_bytes() for path in gateway.layout.policy.glob("**/*.yaml")}
        try:
            for path in before:
                shorten(path)
            secrets = [{"path": f"{corpus_trap.KEPT}/**", "reason": "the corpus's secrets"}]
            added = gateway.add_policy("zz-corpus.yaml", {"secrets": secrets})
            gateway.broker.restart()
            yield trap
        finally:
            for path, contents in before.items():
                path.write_bytes(contents)
            added.unlink()
            gateway.broker.restart()


def shorten(path):
    policy = contents(path)
    for rule in (policy.get("commands") or {}).values():
        rule["limits"] = (rule.get("limits") or {}) | {"time": f"{SECONDS}s", "output": OUTPUT}
    path.write_text(json.dumps(policy))


@pytest.mark.parametrize("attack", HARMLESS, ids=str)
def test_an_attack_that_may_run_does_no_harm(gateway, trap, recorded, attack):
    line = attack.line.replace("PORT", str(trap.port))
    trap.connections()
    before = trap.state()
    began = time.monotonic()
    if attack.ending == "client":
        output = cut_off(gateway, line)
    else:
        _, out, err = gateway.call(line)
        output = out + err
    took = time.monotonic() - began
    if "is not installed on this host" in output:
        pytest.skip(f"runs where the command is installed: {output.splitlines()[0]}")
    assert not shows_a_secret(output), output
    assert trap.state() == before
    assert trap.connections() == 0
    assert processes.eventually(lambda: not gateway.running(), 3)
    (decision,) = recorded("decision", cmd=line)
    assert decision.verdict == "allowed", output
    (end,) = recorded("end", call=decision.call)
    assert end.cause in CAUSES[attack.ending], output[-2000:]
    assert took < 2.5 * SECONDS + 5


def cut_off(gateway, line):
    """A call that goes on: let go of it after a second."""
    call = gateway.begin(line, stdin=subprocess.DEVNULL, shared=False)
    try:
        assert processes.eventually(gateway.running, 5)
        time.sleep(1)
        assert call.poll() is None, call.communicate()
    finally:
        call.kill()
        out, err = call.communicate()
    return (out + err).decode("utf-8", "replace")


# What the tests above rest on: without Keyhole the same ways lead somewhere, and the trap sees it.


def as_nobody(*words, **options):
    words = ["setpriv", "--reuid=65534", "--clear-groups", *words]
    return subprocess.run(words, capture_output=True, text=True, timeout=20, **options)


@pytest.mark.parametrize("path", [
    OPEN / "link", OPEN / "relative-link", OPEN / "chain", OPEN / "hard-link", OPEN / "folder-link/token",
    PLACE / "alias/token", "/proc/self/root/etc/shadow", "/run/secrets/db"], ids=str)
def test_without_keyhole_each_way_leads_to_the_secret(trap, path):
    assert SECRET in as_nobody("cat", path).stdout


@pytest.mark.parametrize("words", [
    ["od", "-c", "-An"], ["xxd", "-p"], ["base64", "-w0"], ["md5sum"], ["rev"], ["jq", "-R", "."],
    ["nl"], ["cat", "-A"]],
    ids=" ".join)
def test_a_secret_is_recognised_in_other_forms(trap, words):
    assert shows_a_secret(as_nobody(*words, OPEN / "link").stdout)


def test_without_keyhole_names_and_environments_are_seen(trap):
    assert SECRET_NAME in as_nobody("find", PLACE).stdout
    assert SECRET in as_nobody("cat", f"/proc/{trap.victim.pid}/environ").stdout


def test_without_keyhole_a_name_server_is_asked_and_a_port_reached(trap):
    trap.connections()
    as_nobody("getent", "hosts", "canary.example.org")
    assert trap.connections() > 0
    as_nobody("bash", "-c", f"cat </dev/tcp/127.0.0.1/{trap.port} & sleep 0.2; kill %1")
    assert trap.connections() == 1


def test_without_keyhole_names_are_options(trap):
    before = trap.state()
    as_nobody("sh", "-c", "sort *", cwd=PLACE / "names/sort")
    assert trap.state() != before
    (PLACE / "names/sort/made").unlink()
