"""asyncssh as a command line client: PORT IDENTITY KNOWN_HOSTS call LINE | shell | several LINE COUNT | sftp"""

import asyncio
import sys

import asyncssh

port, identity, known_hosts, what, *rest = sys.argv[1:]


async def carry(connection, line):
    done = await connection.run(line, input=sys.stdin.buffer.read(), encoding=None)
    sys.stdout.buffer.write(done.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(done.stderr)
    return done.exit_status


async def main():
    async with asyncssh.connect(
            "127.0.0.1", int(port), username="diag", client_keys=[identity], known_hosts=known_hosts, config=None,
            agent_path=None) as connection:
        if what == "sftp":
            try:
                async with connection.start_sftp_client() as sftp:
                    print(await sftp.listdir("/"))
            except (asyncssh.Error, ConnectionError) as error:
                sys.exit(f"refused: {error}")
        elif what == "several":
            running = [await connection.create_process(rest[0]) for _ in range(int(rest[1]))]
            ended = [await process.wait() for process in running]
            print("\n".join(f"{each.stdout}{each.exit_status}" for each in ended))
            return 0
        else:
            return await carry(connection, rest[0] if what == "call" else None)


sys.exit(asyncio.run(main()))
