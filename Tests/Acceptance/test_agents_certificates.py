"""Certificates that ssh-keygen signs, through OpenSSH's sshd, for agents that have principals."""

import subprocess

import pytest

from agents_gateway import AgentsGateway


@pytest.fixture(scope="module")
def front(session_gateway):
    with AgentsGateway(session_gateway) as front:
        front.trust("ca")
        front.add("claude", "--principal", "claude", "--principal", "claude@example.com", key=False)
        front.add("other", "--principal", "other", key=False)
        yield front


@pytest.fixture
def agents(gateway, front):
    return front


def denied(result):
    return result[0] == 255 and "Permission denied" in result[2]


def test_a_certificate_stands_for_the_agent_of_its_principal(agents):
    for principals, agent in [("claude", "claude"), ("claude@example.com", "claude"), ("nobody,other", "other")]:
        key = agents.keys.certificate("ca", "user", principals=principals)
        assert agents.call(key) == (0, f"{agent}\n", "")


@pytest.mark.parametrize("options", [("-t", "ecdsa", "-b", "384"), ("-t", "rsa", "-b", "3072")], ids=["p384", "rsa"])
def test_keys_and_authorities_of_other_types_are_taken(agents, options):
    agents.keys.public("-".join(options), *options)
    key = agents.keys.certificate("ca", "-".join(options))
    assert agents.call(key) == (0, "claude\n", "")


def test_the_plain_key_of_a_certificate_is_nobodys(agents):
    agents.keys.certificate("ca", "plain")
    (agents.keys.folder / "plain-cert.pub").unlink()
    assert denied(agents.call(agents.keys.path("plain")))


@pytest.mark.parametrize("options", [
    ("-V", "20200101:20200201"), ("-V", "20990101:20990201"), ("-h",), ("-O", "source-address=10.0.0.0/8"),
], ids=["expired", "not yet valid", "a host's", "for another address"])
def test_sshd_refuses_a_certificate_that_is_not_for_now_or_here(agents, options):
    assert denied(agents.call(agents.keys.certificate("ca", "user", *options)))


@pytest.mark.parametrize("principals", [None, "nobody", "Claude", "claude2"])
def test_a_principal_that_no_agent_has_is_refused(agents, principals):
    assert denied(agents.call(agents.keys.certificate("ca", "user", principals=principals)))


def test_an_authority_is_trusted_when_sshd_and_the_policy_list_it(agents):
    key = agents.keys.certificate("second", "user")
    assert denied(agents.call(key))
    try:
        agents.trust("ca", sshd=["ca", "second"])
        assert denied(agents.call(key))
        agents.trust("ca", "second", sshd=["ca"])
        assert denied(agents.call(key))
        agents.trust("ca", "second")
        assert agents.call(key) == (0, "claude\n", "")
    finally:
        agents.trust("ca")
    assert denied(agents.call(key))


def test_two_agents_in_one_certificate_are_nobody(agents):
    status, out, complaint = agents.call(agents.keys.certificate("ca", "user", principals="claude,other"))
    assert (status, out) == (126, "")
    assert "the certificate stands for several agents: claude, other" in complaint


def test_a_certificate_with_a_command_of_its_own_is_refused(agents):
    assert denied(agents.call(agents.keys.certificate("ca", "user", "-O", "force-command=/usr/bin/id")))


def test_a_certificate_for_this_address_is_taken(agents):
    key = agents.keys.certificate("ca", "user", "-O", "source-address=127.0.0.0/8")
    assert agents.call(key) == (0, "claude\n", "")


def test_the_agent_is_bound_as_with_a_key(agents):
    key = agents.keys.certificate("ca", "user")
    agents.agents("suspend", "claude", "--reason", "on leave")
    try:
        status, _, complaint = agents.call(key)
        assert status == 126 and "the agent claude is suspended: on leave" in complaint
    finally:
        agents.agents("resume", "claude")


def test_sshd_is_told_whom_an_authority_may_name_and_nothing_of_others(agents):
    type, key, *_ = agents.keys.public("ca").split()
    answer = agents.ask("principals", type, key)
    options = 'restrict,command="/usr/lib/keyhole/keyhole-shell"'
    names = ["claude", "claude@example.com", "other"]
    assert (answer.returncode, answer.stdout) == (0, "".join(f"{options} {name}\n" for name in names))
    stranger = agents.keys.public("stranger").split()
    for words in [stranger[:2], ["ssh-ed25519", "AAAA"], ["", ""]]:
        answer = agents.ask("principals", *words)
        assert (answer.returncode, answer.stdout) == (0, "")


def test_the_records_name_the_certified_key(agents, gateway):
    key = agents.keys.certificate("ca", "user")
    assert agents.call(key)[0] == 0
    fingerprint = agents.keys.fingerprint("user")
    found = subprocess.run(["grep", "-rs", fingerprint, gateway.layout.audit], capture_output=True, text=True)
    assert "claude" in found.stdout or fingerprint in found.stdout
