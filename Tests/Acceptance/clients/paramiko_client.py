"""paramiko as a command line client: PORT IDENTITY KNOWN_HOSTS call LINE | shell | several LINE COUNT | sftp"""

import sys
import threading

import paramiko

port, identity, known_hosts, what, *rest = sys.argv[1:]


def carry(channel, line):
    """Input, output and errors of a channel at once, to its end."""
    out, err = sys.stdout.buffer, sys.stderr.buffer
    channel.exec_command(line) if line is not None else channel.invoke_shell()

    def feed():
        try:
            while data := sys.stdin.buffer.read(65536):
                channel.sendall(data)
            channel.shutdown_write()
        except OSError:
            pass

    def show():
        while data := channel.recv_stderr(65536):
            err.write(data)
            err.flush()

    threads = [threading.Thread(target=feed, daemon=True), threading.Thread(target=show)]
    [thread.start() for thread in threads]
    while data := channel.recv(65536):
        out.write(data)
    threads[1].join()
    out.flush()
    return channel.recv_exit_status()


def several(transport, line, count):
    """Each channel is open before the first one runs."""
    channels = [transport.open_session(timeout=20) for _ in range(count)]
    [channel.exec_command(line) for channel in channels]
    return [channel.makefile("rb").read().decode() + str(channel.recv_exit_status()) for channel in channels]


client = paramiko.SSHClient()
client.load_host_keys(known_hosts)
client.set_missing_host_key_policy(paramiko.RejectPolicy())
client.connect("127.0.0.1", int(port), "diag", key_filename=identity,
               allow_agent=False, look_for_keys=False, timeout=20)
status = 0
if what == "sftp":
    try:
        print(client.open_sftp().listdir("/"))
    except paramiko.SSHException as error:
        sys.exit(f"refused: {error}")
elif what == "several":
    print("\n".join(several(client.get_transport(), rest[0], int(rest[1]))))
else:
    status = carry(client.get_transport().open_session(timeout=20), rest[0] if what == "call" else None)
client.close()
sys.exit(status)
