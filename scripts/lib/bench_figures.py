"""What the benchmarks share: timing of programs in turn, medians, and the lines that report them."""

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import time

FIRST_WORDS = 4096


def note(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Figures:
    def __init__(self, area, as_json):
        self.area = area
        self.as_json = as_json

    def add(self, name, value, unit, peer=None, peer_value=None):
        ratio = round(value / peer_value, 4) if peer_value else None
        row = {"area": self.area, "name": name, "value": round(value, 4), "unit": unit, "peer": peer,
               "peer_value": None if peer_value is None else round(peer_value, 4), "ratio": ratio}
        if self.as_json:
            print(json.dumps(row), flush=True)
        else:
            against = "" if peer is None else f"{peer} {row['peer_value']} {unit}, ratio {ratio}"
            print(f"{name:34} {row['value']:>12} {unit:4} {against}", flush=True)


@dataclasses.dataclass
class Run:
    """One run of a program, from its spawn to its end."""

    milliseconds: float
    #: How many bytes it wrote to standard output, when that was a pipe, and the first of them.
    count: int = 0
    text: bytes = b""


def spawn(words, expected=0, environment=None, heard=False):
    """Runs a program that reads nothing. `heard`: standard output is a pipe that is read to its end, as sshd does; else
    it is /dev/null. What it says on standard error is shown when its status is not the expected one."""
    words = [str(word) for word in words]
    null = os.open("/dev/null", os.O_RDWR)
    complaint = os.memfd_create("stderr")
    reader, writer = os.pipe() if heard else (None, null)
    buffer = bytearray(65536)
    run = Run(0.0)
    try:
        streams = [(os.POSIX_SPAWN_DUP2, source, target) for target, source in enumerate((null, writer, complaint))]
        began = time.perf_counter_ns()
        pid = os.posix_spawnp(words[0], words, environment or os.environ, file_actions=streams)
        if heard:
            os.close(writer)
            while size := os.readv(reader, [buffer]):
                if run.count < FIRST_WORDS:
                    run.text += bytes(buffer[:size])
                run.count += size
        _, status = os.waitpid(pid, 0)
        run.milliseconds = (time.perf_counter_ns() - began) / 1e6
        if os.waitstatus_to_exitcode(status) != expected:
            os.lseek(complaint, 0, os.SEEK_SET)
            told = os.read(complaint, FIRST_WORDS).decode("utf-8", "replace")
            raise SystemExit(
                f"bench: {' '.join(words)}: ended with {os.waitstatus_to_exitcode(status)}, not {expected}\n{told}")
    finally:
        for descriptor in (null, complaint, reader):
            if descriptor is not None:
                os.close(descriptor)
    return run


def medians(samples, unit="ms"):
    """Medians by name; notes the quartiles."""
    for name, values in samples.items():
        quartiles = statistics.quantiles(values, n=4)
        note(f"  {name:10} median {quartiles[1]:9.3f} {unit}, quartiles {quartiles[0]:.3f} and {quartiles[2]:.3f}, "
             f"{len(values)} runs")
    return {name: statistics.median(values) for name, values in samples.items()}


def interleaved(commands, runs, expected=0):
    """Medians by name, of A B C A B C …; the first round warms up and does not count."""
    samples = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, words in commands.items():
            run = spawn(words, expected)
            if turn:
                samples[name].append(run.milliseconds)
    return medians(samples)


def compile_program(source, target):
    """A static C program that every user may start."""
    subprocess.run(["gcc", "-O2", "-static", "-o", target, source], check=True)
    target.chmod(0o755)
