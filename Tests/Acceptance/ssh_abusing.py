"""What the tests that abuse SSH share."""

import pytest

from private_gateway import processes
from raw_ssh import Ended, Unexpected
from raw_ssh_packets import Malformed
from ssh_under_test import AUTHENTICATION_TIME, OPENSSH

ENDINGS = (Ended, Unexpected, TimeoutError, Malformed)
ONLY_EMBEDDED = pytest.mark.skipif(OPENSSH, reason="sshd has other limits; runs against the embedded server")


def put_out(client, seconds=AUTHENTICATION_TIME + 3):
    assert client.ended(seconds * processes.SCALE), "the server keeps the connection"


def pour(client, data):
    """Sends what the server takes."""
    try:
        client.write(data)
    except (Ended, TimeoutError):
        pass
