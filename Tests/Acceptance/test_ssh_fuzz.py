"""A short run of the fuzzer of conversations; scripts/fuzz ssh makes long ones."""

import os
import time

from ssh_fuzz import Case, Fuzzer
from ssh_under_test import MEMORY

COUNT = 800


def test_spoilt_conversations_crash_nothing_and_end(ssh):
    seed = int(os.environ.get("KEYHOLE_FUZZ_SEED") or time.time())
    print(f"seed {seed}; again with KEYHOLE_FUZZ_SEED={seed}, or scripts/fuzz ssh --seed {seed}")
    fuzzer = Fuzzer(ssh, MEMORY)
    assert fuzzer.go(seed, range(COUNT)) == []
    assert ssh.run("echo served").out == "served\n"


def test_the_conversations_are_whole(ssh):
    """Unspoilt, every step is answered: what is spoilt is more than a beginning."""
    fuzzer = Fuzzer(ssh, MEMORY)
    assert all(len(transcript) >= 8 for transcript in fuzzer.transcripts.values())


def test_the_same_numbers_spoil_the_same_way(ssh):
    fuzzer = Fuzzer(ssh, MEMORY)
    told = []
    for _ in range(2):
        case = Case(1, 7)
        case.prepare(fuzzer.transcripts)
        told.append(str(case))
    assert told[0] == told[1]
