"""Mounts a folder when somebody looks at it: automount.py FOLDER TARGET, at TARGET/secret. autofs(5), linux/auto_fs.h"""

import ctypes
import fcntl
import os
import struct
import subprocess
import sys

READY, FAIL, CATATONIC = 0x9360, 0x9361, 0x9362
MISSING_INDIRECT = 3


def main():
    folder, target = sys.argv[1:]
    os.setpgrp()
    reader, writer = os.pipe()
    libc = ctypes.CDLL(None, use_errno=True)
    data = f"fd={writer},pgrp={os.getpgrp()},minproto=5,maxproto=5,indirect"
    if libc.mount(b"automatic", target.encode(), b"autofs", 0, data.encode()) != 0:
        print(f"cannot mount: {os.strerror(ctypes.get_errno())}", flush=True)
        return
    control = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    print("mounted", flush=True)
    while True:
        packet = os.read(reader, 304)
        _, kind, token = struct.unpack_from("<iiI", packet)
        answer = FAIL
        if kind == MISSING_INDIRECT:
            length = struct.unpack_from("<I", packet, 40)[0]
            point = os.path.join(target, packet[44:44 + length].decode())
            os.mkdir(point)
            subprocess.run(["mount", "-n", "--bind", folder, point], check=True)
            answer = READY
        fcntl.ioctl(control, answer, token)


main()
