"""An ssh client that sends any bytes: OpenSSH's own cannot send NUL, nor more than an argument list holds."""

import paramiko

from private_gateway import Result


def call(gateway, line: bytes, timeout=30):
    """Returns None when the server ended the connection instead of answering."""
    transport = paramiko.Transport(("127.0.0.1", gateway.sshd.port))
    try:
        key = paramiko.Ed25519Key.from_private_key_file(str(gateway.sshd.identity))
        transport.connect(username="diag", pkey=key)
        channel = transport.open_session(timeout=timeout)
        channel.settimeout(timeout)
        channel.exec_command(line)
        channel.shutdown_write()
        stdout = channel.makefile("rb").read()
        stderr = channel.makefile_stderr("rb").read()
        return Result(channel.recv_exit_status(), stdout, stderr)
    except (paramiko.SSHException, EOFError, OSError):
        return None
    finally:
        transport.close()
