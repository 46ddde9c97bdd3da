"""OpenSSH's sshd lets agents in by AuthorizedKeysCommand: the policy alone says who may come."""

import statistics
import subprocess
import time

import pytest

from agents_gateway import AgentsGateway


@pytest.fixture(scope="module")
def front(session_gateway):
    with AgentsGateway(session_gateway) as front:
        yield front


@pytest.fixture
def agents(gateway, front):
    """As `front`; what a test leaves running fails it."""
    return front


def denied(result):
    return result[0] == 255 and "Permission denied" in result[2]


def test_an_agent_is_let_in_once_it_is_added_and_no_longer_once_it_is_removed(agents):
    key = agents.keys.path("claude")
    assert denied(agents.call(key))
    with agents.agent("claude"):
        assert agents.call(key) == (0, "claude\n", "")
    assert denied(agents.call(key))


@pytest.mark.parametrize("options", [
    ("-t", "ecdsa", "-b", "256"), ("-t", "ecdsa", "-b", "521"), ("-t", "rsa", "-b", "3072")], ids=["p256", "p521", "rsa"])
def test_keys_of_every_type_are_known(agents, options):
    name = "-".join(options).strip("-").replace("--", "-")
    agents.keys.public(name, *options)
    with agents.agent(name) as key:
        assert agents.call(key) == (0, f"{name}\n", "")


def test_a_suspended_agent_is_told_why_and_comes_back_once_it_is_resumed(agents):
    with agents.agent("claude") as key:
        agents.agents("suspend", "claude", "--reason", "the laptop is lost")
        status, out, complaint = agents.call(key)
        assert (status, out) == (126, "")
        assert "keyhole: the agent claude is suspended: the laptop is lost" in complaint
        assert "keyhole agents resume claude" in complaint
        agents.agents("resume", "claude")
        assert agents.call(key)[0] == 0


def test_a_rotated_key_is_let_in_and_the_old_one_is_not(agents):
    with agents.agent("claude") as old:
        new = agents.keys.path("new")
        agents.agents("rotate", "claude", "--key", agents.keys.public("new"), "--keep-old")
        assert agents.call(old)[1] == agents.call(new)[1] == "claude\n"
        agents.agents("rotate", "claude", "--key", agents.keys.public("new"))
        assert denied(agents.call(old)) and agents.call(new)[1] == "claude\n"


def test_an_agent_is_refused_from_elsewhere_and_not_told_where_it_may_be(agents):
    with agents.agent("far", "--from", "10.99.0.0/16") as key:
        status, out, complaint = agents.call(key)
        assert (status, out) == (126, "") and "may not connect from 127.0.0.1" in complaint
        assert "10.99" not in complaint
    with agents.agent("near", "--from", "127.0.0.0/8") as key:
        assert agents.call(key) == (0, "near\n", "")


def test_the_answer_restricts_the_key_and_is_the_same_each_time(agents):
    with agents.agent("claude"):
        type, key, *_ = agents.keys.public("claude").split()
        words = ["authorized-keys", "diag", type, key, agents.keys.fingerprint("claude")]
        expected = f'restrict,command="/usr/lib/keyhole/keyhole-shell" {type} {key}\n'
        for _ in range(3):
            answer = agents.ask(*words)
            assert (answer.returncode, answer.stdout, answer.stderr) == (0, expected, "")


def test_other_users_other_keys_and_nonsense_are_answered_with_nothing(agents):
    with agents.agent("claude"):
        type, key, *_ = agents.keys.public("claude").split()
        stranger = agents.keys.public("stranger").split()
        for words in [
            ["root", type, key], ["nobody", type, key, "SHA256:x"], ["diag", *stranger[:2]], ["diag", "ssh-rsa", key],
            ["diag", type, key[:-4]], ["diag", type, f"{key}\nssh-ed25519 {key}"], ["diag", f"restrict {type}", key], ["", "", ""],
        ]:
            answer = agents.ask("authorized-keys", *words)
            assert (answer.returncode, answer.stdout) == (0, ""), words


def test_questions_leave_no_record_and_no_session(agents, gateway):
    with agents.agent("claude"):
        type, key, *_ = agents.keys.public("claude").split()
        before = gateway.broker.log_position()
        for _ in range(20):
            agents.ask("authorized-keys", "diag", type, key)
        assert "session" not in gateway.broker.log_since(before)


def test_an_answer_takes_less_than_thirty_milliseconds(agents):
    with agents.agent("claude"):
        type, key, *_ = agents.keys.public("claude").split()
        times = []
        for _ in range(30):
            start = time.monotonic()
            assert agents.ask("authorized-keys", "diag", type, key).stdout
            times.append(time.monotonic() - start)
        print(f"authorized-keys: median {statistics.median(times) * 1000:.1f} ms, fastest {min(times) * 1000:.1f} ms")
        # The fastest: others use this machine too. setpriv(1) is in it.
        assert min(times) < 0.030


def test_nobody_gets_in_while_the_broker_is_gone_and_everybody_when_it_is_back(agents, gateway):
    with agents.agent("claude") as key:
        gateway.broker.stop()
        try:
            type, blob, *_ = agents.keys.public("claude").split()
            answer = agents.ask("authorized-keys", "diag", type, blob)
            assert answer.returncode == 69 and answer.stdout == "" and "broker" in answer.stderr
            assert denied(agents.call(key))
        finally:
            gateway.broker.start()
        assert agents.call(key)[1] == "claude\n"


def test_sshd_accepts_the_shipped_settings_without_the_two_files(agents):
    assert not (agents.layout.root / "no-such-file").exists() and not agents.authorities.exists()
    configuration = agents.layout.root / "agents-sshd_config"
    checked = subprocess.run(["/usr/sbin/sshd", "-t", "-f", configuration], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    with agents.agent("claude") as key:
        assert agents.call(key)[1] == "claude\n"
