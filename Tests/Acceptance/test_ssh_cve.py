"""The known classes of faults in SSH servers, each tried: authentication by the wrong messages, memory before
authentication, the Terrapin attack, crowds of timeouts, telling who is known, and compression that explodes.
"""

import os
import statistics
import time

import pytest

from private_gateway import processes
from raw_ssh import STRICT_SERVER, Ended, RawClient, Unexpected
from raw_ssh_keys import Key
from raw_ssh_wire import *
from ssh_abusing import ENDINGS
from ssh_under_test import AUTHENTICATION_TIME, MEMORY, OPENSSH
from terrapin import CIPHER, Terrapin



pytestmark = pytest.mark.usefixtures("leaves_a_server_that_serves")


@pytest.fixture
def raw(ssh):
    with ssh.raw(timeout=3) as client:
        yield client


# Authentication by the wrong messages (CVE-2018-10933, CVE-2018-7750, CVE-2023-2283, CVE-2025-32433).

def runs_nothing(ssh, client, recorded):
    """Whatever the client has done so far: it cannot open a channel, and no command runs."""
    channels = [message(CHANNEL_OPEN, string("session"), u32(0), u32(1 << 20), u32(1 << 15))]
    requests = [message(CHANNEL_REQUEST, u32(number), string("exec"), boolean(True), string("echo in"))
                        for number in range(3)]
    seen = []
    try:
        for payload in channels + requests:
            client.send(payload)
        while True:
            seen.append(client.receive()[0])
    except ENDINGS:
        pass
    assert not {CHANNEL_OPEN_CONFIRMATION, CHANNEL_SUCCESS, CHANNEL_DATA} & set(seen), seen
    assert not ssh.gateway.running() and recorded("decision", count=0) == []


BEFORE = {"right after the keys": 0, "after the service": 1, "after a failed attempt": 2, "after a query": 3}
MESSAGES = {
    "nothing": [],
    "success": [message(USERAUTH_SUCCESS)],
    "success twice": [message(USERAUTH_SUCCESS)] * 2,
    "key accepted": [message(USERAUTH_PK_OK, string("ssh-ed25519"), string(b"x"))],
    "failure with partial success": [message(USERAUTH_FAILURE, string("publickey"), boolean(True))],
    "service accepted": [message(SERVICE_ACCEPT, string("ssh-connection"))],
    "the connection service": [message(SERVICE_REQUEST, string("ssh-connection"))],
    "an interactive answer": [message(61, u32(0))],
    "an interactive answer with words": [message(61, u32(1), string("yes"))],
    "a channel confirmed": [message(CHANNEL_OPEN_CONFIRMATION, u32(0), u32(0), u32(1 << 20), u32(1 << 15))],
    "GSSAPI": [message(63), message(66, string(b"x"))],
}


@pytest.mark.parametrize("when", BEFORE)
@pytest.mark.parametrize("name", MESSAGES)
def test_no_message_takes_the_place_of_authentication(ssh, raw, recorded, when, name):
    raw.handshake()
    at = BEFORE[when]
    if at >= 1:
        raw.request_service()
    if at == 2:
        raw.send(raw.publickey("diag", Key.ed25519()))
        try:
            raw.expect(USERAUTH_FAILURE)
        except TimeoutError:
            pass
    if at == 3:
        raw.send(raw.publickey("diag", ssh.key, signed=False))
        raw.expect(USERAUTH_PK_OK)
    try:
        for payload in MESSAGES[name]:
            raw.send(payload)
    except Ended:
        return
    raw.socket.settimeout(0.3)
    runs_nothing(ssh, raw, recorded)


METHODS = ["none", "password", "keyboard-interactive", "hostbased", "gssapi-with-mic", "gssapi-keyex", "unheard-of", ""]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "rest", [b"", boolean(False) + string("secret"), string("") + string("")], ids=["bare", "word", "empty"])
def test_no_other_method_lets_in(raw, method, rest):
    raw.handshake().request_service()
    try:
        raw.send(raw.none("diag", method=method) + rest)
        answer = raw.expect(USERAUTH_FAILURE)
    except ENDINGS as end:
        assert not (isinstance(end, Unexpected) and end.payload[0] == USERAUTH_SUCCESS)
        return
    assert Reader(answer[1:]).names() == ["publickey"] and answer[-1] == 0


def not_let_in(client, *requests):
    """Sends each, and looks at every answer."""
    seen = []
    try:
        for payload in requests:
            client.send(payload)
        client.socket.settimeout(0.7)
        while True:
            seen.append(client.receive()[0])
    except ENDINGS:
        pass
    assert USERAUTH_SUCCESS not in seen, seen


def test_a_signature_over_another_session_does_not_count(ssh, raw):
    raw.handshake().request_service()
    not_let_in(raw, raw.publickey("diag", ssh.key, session=os.urandom(32)))


def test_a_signature_from_another_connection_does_not_count(ssh, raw):
    with ssh.raw() as other:
        other.handshake().request_service()
        heard = other.publickey("diag", ssh.key)
    raw.handshake().request_service()
    not_let_in(raw, heard)


@pytest.mark.parametrize("user, signed_as", [("diag", "root"), ("diag", ""), ("diag+web-02", "diag"), ("root", "diag")])
def test_a_signature_for_another_user_does_not_count(ssh, raw, user, signed_as):
    raw.handshake().request_service()
    not_let_in(raw, raw.publickey(user, ssh.key, signed_as=signed_as))


def test_a_signature_of_another_key_does_not_count(ssh, raw):
    raw.handshake().request_service()
    stranger = Key.ed25519()
    stranger.blob = ssh.key.blob
    not_let_in(raw, raw.publickey("diag", stranger))


def test_a_known_key_after_a_query_for_another_must_sign_itself(ssh, raw):
    """The query is for a known key, the signature is by an unknown one."""
    raw.handshake().request_service()
    not_let_in(raw, raw.publickey("diag", ssh.key, signed=False), raw.publickey("diag", Key.ed25519()))


def test_a_flag_without_a_signature_does_not_count(ssh, raw):
    raw.handshake().request_service()
    bare = message(USERAUTH_REQUEST, string("diag"), string("ssh-connection"), string("publickey"), boolean(True),
                   string("ssh-ed25519"), string(ssh.key.blob))
    not_let_in(raw, bare)
    with ssh.raw(timeout=3) as other:
        other.handshake().request_service()
        not_let_in(other, bare + string(b""))


@pytest.mark.parametrize("service", ["ssh-userauth", "", "unheard-of", "ssh-connection\0"])
def test_another_service_is_not_begun(ssh, raw, recorded, service):
    raw.handshake().request_service()
    try:
        raw.send(raw.publickey("diag", ssh.key, service=service))
        raw.socket.settimeout(0.7)
        raw.receive()
    except ENDINGS:
        pass
    runs_nothing(ssh, raw, recorded)


def test_the_user_may_not_change_between_attempts_and_come_in_as_another(ssh, raw):
    """RFC 4252, 5: the server must flush what it had, or disconnect."""
    raw.handshake().request_service()
    not_let_in(raw, raw.publickey("diag", ssh.key, signed=False), raw.publickey("root", ssh.key))
    with ssh.raw(timeout=3) as other:
        other.handshake().request_service()
        not_let_in(other, other.publickey("root", ssh.key, signed=False),
                   other.publickey("root", ssh.key, signed_as="diag"))


@pytest.mark.parametrize("user", [
    "root", "keyhole-ssh", "", "diag\0", "\0diag", "DIAG", "diag/", "../diag", "diag@host", "diag ", " diag", "diag+",
    "+web-02"])
def test_no_other_user_comes_in_with_a_good_signature(ssh, raw, user):
    raw.handshake().request_service()
    not_let_in(raw, raw.publickey(user, ssh.key))


def test_a_second_authentication_changes_nothing(ssh, raw):
    """RFC 4252, 5.3: requests after success are to be ignored."""
    raw.login(ssh.key)
    try:
        raw.send(raw.none("root"))
        raw.send(raw.publickey("diag", Key.ed25519()))
        status, out, _ = raw.call("whoami")
        assert out.startswith(b"tester")
    except ENDINGS:
        pass


# Memory before authentication (CVE-2016-8858, CVE-2025-26466, CVE-2020-16135).

def spill(client, payloads, batch=50):
    payloads = list(payloads)
    try:
        for at in range(0, len(payloads), batch):
            client.write(b"".join(client.seal(payload) for payload in payloads[at:at + batch]))
    except (Ended, TimeoutError):
        return


@pytest.mark.parametrize("encrypted", [False, True])
def test_many_key_exchanges_that_are_begun_take_no_memory(ssh, encrypted):
    with ssh.raw(timeout=1) as client:
        client.handshake() if encrypted else client.exchange_versions()
        spill(client, (client.kexinit(languages_out=["x" * 30_000]) for _ in range(1000)), 5)
        assert ssh.memory() < MEMORY


def test_many_whole_key_exchanges_before_authentication_take_no_memory(ssh, raw):
    raw.handshake()
    for _ in range(60):
        try:
            raw.rekey()
        except ENDINGS:
            break
    assert ssh.memory() < MEMORY


@pytest.mark.parametrize("payload", [
    message(IGNORE, string(bytes(30_000))), message(DEBUG, boolean(
        False), string(bytes(30_000)), string("")), message(2),
    message(SERVICE_REQUEST, string("ssh-userauth")), message(SERVICE_REQUEST, string("x" * 30_000)),
    message(CHANNEL_OPEN, string("session"), u32(0), u32(1 << 20), u32(
        1 << 15)), message(GLOBAL_REQUEST, string("x"), boolean(True)),
    message(USERAUTH_REQUEST, string("diag"), string("ssh-connection"), string("none")),
    message(USERAUTH_REQUEST, string("d" * 30_000), string("ssh-connection"), string("none")),
    message(USERAUTH_REQUEST, string("diag"), string("ssh-connection"), string("publickey"), boolean(False),
            string("ssh-ed25519"), string(bytes(30_000))),
    message(UNIMPLEMENTED, u32(0)), message(EXT_INFO, u32(1), string("a"), string(bytes(30_000))), message(250),
], ids=["ignore", "debug", "ping", "service", "long service", "channel", "global request", "none", "long user",
        "long key", "unimplemented", "extensions", "unknown"])
def test_a_flood_before_authentication_takes_no_memory(ssh, payload):
    with ssh.raw(timeout=1, receive_buffer=4096) as client:
        client.handshake()
        spill(client, [payload] * (600 if len(payload) > 1000 else 20_000), 20 if len(payload) > 1000 else 500)
        assert ssh.memory() < MEMORY


def test_a_long_greeting_takes_no_memory(ssh):
    with ssh.raw(timeout=1) as client:
        try:
            for _ in range(400):
                client.write(b"a line before the version\r\n" * 400)
        except (Ended, TimeoutError):
            pass
        assert ssh.memory() < MEMORY


@pytest.mark.parametrize("signed", [False, True])
def test_attempts_are_counted(raw, signed):
    raw.handshake().request_service()
    with pytest.raises(Ended):
        for _ in range(40):
            raw.send(raw.publickey("diag", Key.ed25519(), signed=signed))
            raw.expect(USERAUTH_FAILURE)


@pytest.mark.skipif(OPENSSH, reason="sshd counts an attempt less; runs against the embedded server")
def test_attempts_are_counted_however_fast_they_come(ssh, raw):
    """Many in one segment, the right key last: what comes after the last attempt is not even looked at."""
    raw.handshake().request_service()
    requests = [raw.publickey("diag", Key.ed25519(), signed=False) for _ in range(12)] + [raw.publickey("diag", ssh.key)]
    raw.write(b"".join(raw.seal(request) for request in requests))
    seen = []
    with pytest.raises(ENDINGS):
        while True:
            seen.append(raw.receive()[0])
    assert USERAUTH_SUCCESS not in seen


def test_questions_for_the_methods_are_bounded(raw):
    """Asking which methods there are ("none") is no attempt, and still comes to an end."""
    raw.handshake().request_service()
    with pytest.raises(ENDINGS):
        for _ in range(2000):
            raw.send(raw.none("diag"))
            raw.expect(USERAUTH_FAILURE)


# Terrapin (CVE-2023-48795).

def through(ssh, strict):
    """What a client makes of the attack: its command's output or an exception; the messages it saw; bytes dropped."""
    middle = Terrapin(ssh.address)
    with RawClient(("127.0.0.1", middle.port), strict=strict, timeout=5, cipher=CIPHER) as client:
        try:
            result = client.login(ssh.key).call("echo in")[1]
        except Exception as error:
            result = error
        return result, {payload[0] for payload in client.received}, middle.dropped


@pytest.fixture
def attackable(ssh, raw):
    raw.handshake()
    if CIPHER not in raw.offers()["ciphers_in"]:
        pytest.skip(f"the server offers no {CIPHER}, on which the attack works; runs when it does")


def test_strict_key_exchange_is_offered(raw):
    raw.handshake()
    assert STRICT_SERVER in raw.offers()["exchanges"] and raw.strict


def test_a_client_with_strict_exchange_notices_the_attack(ssh, attackable):
    result, _, dropped = through(ssh, strict=True)
    assert isinstance(result, Exception) and dropped > 0


def test_one_without_does_not(ssh, attackable):
    """Else the test above would prove nothing."""
    result, seen, dropped = through(ssh, strict=False)
    assert result == b"in\n" and EXT_INFO not in seen and dropped > 0


@pytest.mark.parametrize("payload", [
    message(IGNORE, string(b"")), message(DEBUG, boolean(False), string(""), string("")),
    message(UNIMPLEMENTED, u32(0)),
], ids=["ignore", "debug", "unimplemented"])
@pytest.mark.parametrize("before", [1, 2], ids=["before the share", "before the new keys"])
def test_nothing_else_is_taken_during_the_first_strict_exchange(ssh, raw, payload, before):
    """The other direction: what is put into the client's stream. OpenSSH's PROTOCOL, 1.10"""
    raw.outgoing = lambda at, mine: [payload, mine] if at == before else [mine]
    with pytest.raises(ENDINGS):
        raw.login(ssh.key)


def test_without_strict_exchange_they_are_taken(ssh, raw):
    """The same without the extension: RFC 4253, 11 wants these messages understood at any time."""
    raw.strict_offered = False
    raw.outgoing = lambda at, mine: [message(IGNORE, string(b"")), mine] if at == 1 else [mine]
    assert raw.login(ssh.key).call("echo in")[1] == b"in\n"


def test_sequence_numbers_begin_anew_with_new_keys(ssh):
    """A client that says strict and counts on is not understood."""
    with ssh.raw(cipher="aes256-ctr", timeout=3) as client:
        client.handshake()
        client.sending = 3
        with pytest.raises(ENDINGS):
            client.request_service()


# Timeouts (CVE-2024-6387).

def test_many_timeouts_at_once_crash_nothing(ssh):
    """quiet() in the fixture finds crashes. Each is somewhere else when its time is over."""
    crowd = []
    for at in range(60):
        client = RawClient(ssh.address, source=f"127.0.{1 + at}.9", timeout=5)
        crowd.append(client)
        client.exchange_versions()
        if at % 3:
            client.rekey()
        if at % 3 == 2:
            client.request_service()
    time.sleep(max(0, AUTHENTICATION_TIME - 1))
    end = time.monotonic() + 2.5
    while time.monotonic() < end:
        for client in crowd:
            try:
                client.socket.setblocking(False)
                client.socket.send(os.urandom(1) if client.session is None else client.seal(
                    message(IGNORE, string(bytes(50)))))
            except OSError:
                pass
        time.sleep(0.01)
    for client in crowd:
        client.socket.setblocking(True)
        assert client.ended(5)
        client.close()


# Who is known (CVE-2018-15473).

def answers(ssh, user, key, *, count=1, damage=None):
    with ssh.raw(timeout=2) as client:
        client.handshake().request_service()
        seen = []
        try:
            client.send(client.none(user))
            seen.append(client.expect(USERAUTH_FAILURE))
            for _ in range(count):
                client.send(client.publickey(user, key, damage=damage)
                            if damage else client.publickey(user, key, signed=False))
                seen.append(client.expect(USERAUTH_FAILURE, USERAUTH_PK_OK))
        except TimeoutError:
            seen.append("nothing")
        except Ended as end:
            seen.append(("ended", end.reason))
        return seen


def test_unknown_keys_and_users_get_the_same_answer(ssh):
    stranger = Key.ed25519()
    first = answers(ssh, "diag", stranger, count=2)
    for user in ("root", "nobody", "no-such-user", "keyhole-ssh", "x" * 100):
        assert answers(ssh, user, stranger, count=2) == first, user


def test_a_known_key_is_not_told_apart_under_another_user(ssh):
    """RFC 4252, 7 has the server say that a key is acceptable: to whom has its public half, and for this user only."""
    assert answers(ssh, "root", ssh.key) == answers(ssh, "root", Key.ed25519())
    assert answers(ssh, "diag", ssh.key)[-1][0] == USERAUTH_PK_OK


def test_malformed_requests_tell_nobody_apart(ssh):
    def answer(user):
        with ssh.raw(timeout=2) as client:
            client.handshake().request_service()
            cut = client.publickey(user, ssh.key)[:-40]
            client.send(cut)
            try:
                return client.receive()[0]
            except ENDINGS as end:
                return type(end).__name__

    assert len({answer(user) for user in ("diag", "root", "no-such-user")}) == 1


def test_the_time_of_an_answer_tells_little(ssh):
    def took(user, key):
        times = []
        for _ in range(7):
            with ssh.raw() as client:
                client.handshake().request_service()
                request = client.publickey(user, key, signed=False)
                began = time.perf_counter()
                client.send(request)
                client.expect(USERAUTH_FAILURE, USERAUTH_PK_OK)
                times.append(time.perf_counter() - began)
        return statistics.median(times)

    stranger = Key.ed25519()
    known, unknown = took("diag", stranger), took("no-such-user", stranger)
    assert abs(known - unknown) < 0.1 * processes.SCALE


# Compression (CVE-2008-… class, RFC 4253, 6.2).

@pytest.mark.parametrize("name", ["zlib", "zlib@openssh.com"])
@pytest.mark.skipif(OPENSSH, reason="sshd offers zlib@openssh.com; runs against the embedded server")
def test_compression_is_not_to_be_had(raw, name):
    raw.exchange_versions()
    raw.send(raw.kexinit(compression_out=[name], compression_in=[name]))
    assert raw.ended(3)


def test_openssh_with_compression_gets_none(ssh):
    done = ssh.run("echo in", "-v", "-o", "Compression=yes", heard=True)
    assert done.out == "in\n"
    assert OPENSSH or "compression: none" in done.err
