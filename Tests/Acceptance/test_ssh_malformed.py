"""What is no SSH, no packet or no key exchange is put out, and nobody else notices."""

import os
import struct

import pytest

from raw_ssh_wire import *
from ssh_abusing import ENDINGS, ONLY_EMBEDDED, pour, put_out
from ssh_under_test import MEMORY, OPENSSH

pytestmark = pytest.mark.usefixtures("leaves_a_server_that_serves")


# Before the key exchange.

GARBAGE = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "SSH-1": b"SSH-1.5-x\r\n",
    "SSH-1 that knows SSH-2 of another kind": b"SSH-1.98-x\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(193),
    "SMTP": b"EHLO there\r\n",
    "zeros": bytes(100_000),
    "noise": bytes(range(128, 256)) * 1000,
    "a line without end": b"S" * 1_000_000,
    "a version without end": b"SSH-2.0-" + b"x" * 1_000_000,
    "a long version": b"SSH-2.0-" + b"x" * 300 + b"\r\n",
    "NUL in the version": b"SSH-2.0-a\0b\r\n",
    "SSH-3": b"SSH-3.0-x\r\n",
    "a version, then noise": b"SSH-2.0-x\r\n" + bytes(range(256)) * 400,
    "a version, then HTTP": b"SSH-2.0-x\r\nGET / HTTP/1.1\r\n\r\n",
    "lines": b"\r\n" * 50_000,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_not_ssh_is_put_out(ssh, name):
    with ssh.raw() as client:
        pour(client, GARBAGE[name])
        put_out(client)


@ONLY_EMBEDDED
def test_what_is_not_ssh_is_put_out_at_once(ssh):
    with ssh.raw() as client:
        pour(client, GARBAGE["HTTP"])
        put_out(client, 2)


BAD_PACKETS = {
    "length 0": struct.pack(">I", 0) + bytes(60),
    "length 1": struct.pack(">IB", 1, 0) + bytes(60),
    "length 4": struct.pack(">IB", 4, 3) + bytes(60),
    "length 11, padding 12": struct.pack(">IB", 12, 12) + bytes(60),
    "padding 255": struct.pack(">IB", 28, 255) + bytes(60),
    "padding to the last byte": struct.pack(">IB", 28, 27) + bytes(60),
    "no padding": struct.pack(">IBB", 28, 0, IGNORE) + bytes(60),
    "no multiple of the block": struct.pack(">IBB", 27, 6, IGNORE) + bytes(60),
    "length 2^31": struct.pack(">IB", 1 << 31, 4) + bytes(100_000),
    "length 2^32 - 1": struct.pack(">IB", (1 << 32) - 1, 4) + bytes(100_000),
    "length 2^18 + 4": struct.pack(">IB", (1 << 18) + 4, 4) + bytes(300_000),
    "message 0": struct.pack(">IBB", 12, 10, 0) + bytes(10),
    "message 255": struct.pack(">IBB", 12, 10, 255) + bytes(10),
}


@pytest.mark.parametrize("name", BAD_PACKETS)
def test_a_malformed_packet_before_the_key_exchange_is_put_out(ssh, name):
    with ssh.raw() as client:
        client.exchange_versions()
        pour(client, BAD_PACKETS[name])
        put_out(client)
        assert ssh.memory() < MEMORY


DAMAGES = {
    "wrong tag": {"mac": lambda tag: bytes([tag[0] ^ 1]) + tag[1:]},
    "no tag": {"mac": lambda tag: b""},
    "length 0": {"length": 0}, "length 4": {"length": 4}, "length 2^31": {"length": 1 << 31},
    "a block more": {"length": 48},
    "no multiple of the block": {"padding": 9}, "padding too long": {"declared": 255}, "padding 0": {"declared": 0},
}


@pytest.mark.parametrize("cipher", ["aes256-gcm@openssh.com", "aes256-ctr"])
@pytest.mark.parametrize("name", DAMAGES)
def test_a_malformed_packet_after_the_key_exchange_is_put_out(ssh, name, cipher):
    with ssh.raw(cipher=cipher) as client:
        client.handshake()
        client.send(message(SERVICE_REQUEST, string("ssh-userauth")), **DAMAGES[name])
        # What is waited for after a length that is too long.
        pour(client, bytes(100))
        try:
            answered = client.receive()[0] == SERVICE_ACCEPT
        except ENDINGS:
            answered = False
        # RFC 4253, 6 wants four bytes of padding; a server may let fewer pass.
        assert not answered or name == "padding 0"
    assert ssh.memory() < MEMORY


# The key exchange.

def exchange(client, payload):
    client.exchange_versions()
    client.send(payload)


NOTHING_IN_COMMON = ["exchanges", "host_keys", "ciphers_out", "ciphers_in",
    "macs_out", "macs_in", "compression_out", "compression_in"]


@pytest.mark.parametrize("what", NOTHING_IN_COMMON)
@pytest.mark.parametrize("names", [["unheard-of"], [], ["", ""], ["none"]], ids=["unknown", "empty", "commas", "none"])
def test_an_exchange_without_a_common_algorithm_is_put_out(ssh, what, names):
    if what.startswith("compression") and names == ["none"]:
        names = ["zlib"]
    # With aes256-gcm no authentication code is asked for.
    with ssh.raw(cipher="aes256-ctr") as client:
        exchange(client, client.kexinit(**{what: names}))
        put_out(client, 3)


def test_old_and_weak_algorithms_are_not_offered(ssh):
    with ssh.raw() as client:
        offers = client.handshake().offers()
    weak = ("sha1", "md5", "cbc", "arcfour", "3des", "dss", "group1-", "group14-sha1", "none", "umac-64@", "blowfish")
    compression = {"compression_out", "compression_in"}
    listed = [name for what, names in offers.items() if what not in compression for name in names]
    found = [name for name in listed if any(word in name for word in weak)]
    assert found == [] or OPENSSH
    assert all(set(offers[what]) <= ({"none", "zlib@openssh.com"} if OPENSSH else {"none"}) for what in compression)


TRUNCATED = {"after the number": 1, "in the cookie": 9, "after the cookie": 17, "in a length": 19, "in a list": 40,
             "last byte": -1, "reserved": -4}


@pytest.mark.parametrize("place", TRUNCATED)
def test_a_truncated_exchange_is_put_out(ssh, place):
    with ssh.raw() as client:
        exchange(client, client.kexinit()[:TRUNCATED[place]])
        put_out(client)


@pytest.mark.parametrize("what", [*NOTHING_IN_COMMON, "languages_out"])
def test_lists_of_a_hundred_kilobytes_do_no_harm(ssh, what):
    with ssh.raw() as client:
        client.timeout = 3
        exchange(client, client.kexinit(**{what: [f"x{at}" for at in range(15_000)]}))
        client.ended(0.3)
        assert ssh.memory() < MEMORY


@pytest.mark.parametrize("count", [1, 1000])
def test_a_list_whose_length_lies_is_put_out(ssh, count):
    with ssh.raw() as client:
        payload = client.kexinit()
        exchange(client, payload[:17] + u32(0xFFFFFFFF - count) + payload[21:])
        put_out(client)


def test_a_wrong_guess_is_passed_over(ssh):
    """RFC 4253, 7.1: first_kex_packet_follows"""
    with ssh.raw(timeout=5) as client:
        make = client.kexinit
        client.kexinit = lambda: make(exchanges=["unheard-of", client.exchange], follows=True)
        wrong = message(KEX_INIT, string(os.urandom(65)))
        client.outgoing = lambda at, payload: [payload, wrong] if at == 0 else [payload]
        assert client.login(ssh.key).call("echo in")[1] == b"in\n"


@ONLY_EMBEDDED
def test_a_right_guess_is_honoured(ssh):
    """It is one when both sides have named the same algorithms first."""
    with ssh.raw(timeout=5) as client:
        make = client.kexinit
        client.kexinit = lambda: make(follows=True)
        client.login(ssh.key)
        offers = client.offers()
        assert (offers["exchanges"][0], offers["host_keys"][0]) == (client.exchange, client.host_keys[0])
        assert client.call("echo in")[1] == b"in\n"


SHARES = {"empty": b"", "short": bytes(31), "long": os.urandom(
    33), "zeros": bytes(32), "one": b"\1" + bytes(31), "huge": bytes(200_000)}


@pytest.mark.parametrize("name", SHARES)
def test_a_bad_public_value_is_put_out(ssh, name):
    with ssh.raw() as client:
        exchange(client, client.kexinit())
        client.send(message(KEX_INIT, string(SHARES[name])))
        put_out(client)


@pytest.mark.parametrize("name, value", [
    ("zeros", bytes(65)), ("infinity", b"\0"), ("off the curve", b"\4" + bytes([7]) * 64),
    ("compressed", b"\2" + bytes([7]) * 32)])
def test_a_bad_point_is_put_out(ssh, name, value):
    with ssh.raw(exchange="ecdh-sha2-nistp256") as client:
        exchange(client, client.kexinit())
        client.send(message(KEX_INIT, string(value)))
        put_out(client)


OUT_OF_ORDER = {
    "new keys first": [message(NEWKEYS)],
    "a share first": [message(KEX_INIT, string(os.urandom(32)))],
    "a reply": [message(KEX_REPLY, string(b"x"), string(b"y"), string(b"z"))],
    "a service first": [message(SERVICE_REQUEST, string("ssh-userauth"))],
    "success": [message(USERAUTH_SUCCESS)],
    "a channel": [message(CHANNEL_OPEN, string("session"), u32(0), u32(1 << 20), u32(1 << 15))],
}


@pytest.mark.parametrize("name", OUT_OF_ORDER)
def test_messages_before_their_time_are_put_out(ssh, name):
    with ssh.raw() as client:
        client.exchange_versions()
        for payload in OUT_OF_ORDER[name]:
            client.send(payload)
        put_out(client)
