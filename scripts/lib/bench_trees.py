"""The files that the sandbox's figures are measured over: on a tmpfs in the private host, the same at every run."""

import pathlib
import random
import statistics
import subprocess

#: Covered by a tmpfs inside the private host. No pattern of the policy has anything to do with it.
PLACE = pathlib.Path("/var/opt")
TREE = PLACE / "tree"
MANY = PLACE / "many"
BIG = PLACE / "big"
LOG = PLACE / "log"
ONE = PLACE / "one"

TREE_FILES = 5_000
MANY_FILES = 100_000
BIG_BYTES = 200 << 20
LOG_BYTES = 100 << 20
# Sizes are log-normal: half of the files are below 4 KiB, the mean is about 10 KiB. Sizes in /etc and /usr/include are
# distributed much like that.
MEDIAN_SIZE = 4096
SPREAD = 1.35
LARGEST = 1 << 20
RARE = "segfault"

WORDS = """accepted address after argument backup buffer cache closed configuration connection could daemon device
 disabled disk enabled error exceeded failed file for from handler host interface invalid is kernel limit listening loaded memory
 module mount network not opened option packet password path permission port process query queue read ready received
 refused reload request reset retry scheduled server service session signal size socket started state stopped subsystem
 system table task thread timeout to unit unknown update user value version volume waiting warning with write""".split()


def text(source, size):
    """Lines as in a system log; one in some thousand has the rare word."""
    lines, length = [], 0
    while length < size:
        words = source.choices(WORDS, k=source.randint(4, 14))
        if source.random() < 0.0005:
            words.append(RARE)
        second = source.randrange(86400)
        line = (f"Nov 21 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} host "
                f"{source.choice(WORDS)}[{source.randrange(30000)}]: {' '.join(words)}\n")
        lines.append(line)
        length += len(line)
    return "".join(lines)


def repeat(path, block, size):
    with open(path, "w") as file:
        for _ in range(size // len(block)):
            file.write(block)
        file.write(block[:size % len(block)])


def make():
    """Returns a sentence that says what was made."""
    options = "mode=0755,size=1g,nr_inodes=200k"
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", options, "keyhole-bench", PLACE], check=True)
    source = random.Random("keyhole")
    block = text(source, 4 << 20)
    sizes = []
    for number in range(TREE_FILES):
        size = max(64, min(LARGEST, int(source.lognormvariate(0, SPREAD) * MEDIAN_SIZE)))
        sizes.append(size)
        folder = TREE / f"{number % 20:02}" / f"{number // 20 % 10}"
        folder.mkdir(parents=True, exist_ok=True)
        start = source.randrange(len(block) - size)
        (folder / f"{number:04}.conf").write_text(block[start:start + size])
    for number in range(100):
        folder = MANY / f"{number:02}"
        folder.mkdir(parents=True)
        for name in range(MANY_FILES // 100):
            (folder / f"{name:03}.log").touch()
    repeat(BIG, block, BIG_BYTES)
    repeat(LOG, block, LOG_BYTES)
    ONE.write_text("one\n")
    quartiles = statistics.quantiles(sizes, n=4)
    return (f"{TREE_FILES} files of {statistics.mean(sizes):.0f} bytes in the mean, "
            f"quartiles {quartiles[0]:.0f}, {quartiles[1]:.0f}, {quartiles[2]:.0f}")
