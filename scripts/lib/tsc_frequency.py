"""Prints the frequency of this processor's time stamp counter in kHz, measured: what the kernel of a guest must be told.

The frequency in /proc/cpuinfo is that of the core at the moment, which is another one on most real machines.
"""

import ctypes
import mmap
import time

READ_COUNTER = bytes.fromhex("0f31" "48c1e220" "4809d0" "c3")  # rdtsc; shl rdx, 32; or rax, rdx; ret


def main():
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(READ_COUNTER)
    counter = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(code)))

    def both():
        """The two clocks at one moment: the closest of some tries, as we may be interrupted between them."""
        tries = []
        for _ in range(20):
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
            ticks = counter()
            after = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
            tries.append((after - before, (before + after) / 2, ticks))
        return min(tries)[1:]

    first_time, first_ticks = both()
    time.sleep(0.2)
    last_time, last_ticks = both()
    print(round((last_ticks - first_ticks) / (last_time - first_time) * 1_000_000))


main()
