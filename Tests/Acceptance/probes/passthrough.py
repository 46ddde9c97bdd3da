"""A read-only FUSE file system that shows a folder: passthrough.py FOLDER TARGET [--without-case]. fuse(4), linux/fuse.h

Speaks the protocol itself, so that it needs no library. Prints "mounted" when it answers, or "cannot mount: …".
"""

import ctypes
import os
import stat
import struct
import sys

LOOKUP, FORGET, GETATTR, READLINK, OPEN, READ, STATFS, RELEASE = 1, 2, 3, 5, 14, 15, 17, 18
INIT, OPENDIR, READDIR, RELEASEDIR, BATCH_FORGET = 26, 27, 28, 29, 42
ENOENT, ENOSYS = 2, 38


def attributes(path, node):
    status = os.lstat(path)
    return struct.pack(
        "<6Q10I", node, status.st_size, 0, 0, 0, 0, 0, 0, 0, status.st_mode | 0o044, 1, 0, 0, 0, 4096, 0)


class Server:
    def __init__(self, folder, without_case):
        self.paths = {1: folder}
        self.without_case = without_case

    def child(self, path, name):
        if self.without_case:
            for other in os.listdir(path):
                if other.lower() == name.lower():
                    return os.path.join(path, other)
        return os.path.join(path, name)

    def node(self, path):
        for number, known in self.paths.items():
            if known == path:
                return number
        self.paths[len(self.paths) + 1] = path
        return len(self.paths)

    def answer(self, operation, node, body):
        """The bytes of the answer; None for none at all."""
        path = self.paths.get(node)
        if operation == INIT:
            return struct.pack("<4I2H2I", 7, 26, 65536, 0, 16, 12, 4096, 1) + bytes(36)
        if operation in (FORGET, BATCH_FORGET):
            return None
        if operation == LOOKUP:
            child = self.child(path, body.rstrip(b"\0").decode())
            os.lstat(child)
            number = self.node(child)
            return struct.pack("<4Q2I", number, 0, 0, 0, 0, 0) + attributes(child, number)
        if operation == GETATTR:
            return struct.pack("<Q2I", 0, 0, 0) + attributes(path, node)
        if operation == READLINK:
            return os.readlink(path).encode()
        if operation in (OPEN, OPENDIR):
            return struct.pack("<Q2I", 0, 0, 0)
        if operation == READ:
            _, offset, size = struct.unpack_from("<2QI", body)
            with open(path, "rb") as file:
                file.seek(offset)
                return file.read(size)
        if operation == READDIR:
            _, offset, size = struct.unpack_from("<2QI", body)
            listing = b""
            for number, name in enumerate(os.listdir(path)[offset:], offset + 1):
                entry = struct.pack("<2Q2I", number + 1000, number, len(name), 0) + name.encode()
                entry += bytes(-len(entry) % 8)
                if len(listing) + len(entry) > size:
                    break
                listing += entry
            return listing
        if operation == STATFS:
            return struct.pack("<5Q4I24x", 1, 1, 1, 1, 1, 4096, 255, 4096, 0)
        if operation in (RELEASE, RELEASEDIR):
            return b""
        raise OSError(ENOSYS, "")


def main():
    folder, target, *options = sys.argv[1:]
    device = os.open("/dev/fuse", os.O_RDWR)
    libc = ctypes.CDLL(None, use_errno=True)
    data = f"fd={device},rootmode={stat.S_IFDIR:o},user_id=0,group_id=0,allow_other"
    if libc.mount(b"passthrough", target.encode(), b"fuse.passthrough", 6, data.encode()) != 0:
        print(f"cannot mount: {os.strerror(ctypes.get_errno())}", flush=True)
        return
    server = Server(folder, "--without-case" in options)
    print("mounted", flush=True)
    while True:
        try:
            request = os.read(device, 1 << 20)
        except OSError:
            return
        _, operation, unique, node = struct.unpack_from("<2I2Q", request)
        try:
            answer, error = server.answer(operation, node, request[40:]), 0
        except OSError as failure:
            answer, error = b"", failure.errno or ENOENT
        if answer is not None:
            os.write(device, struct.pack("<IiQ", 16 + len(answer), -error, unique) + answer)


main()
