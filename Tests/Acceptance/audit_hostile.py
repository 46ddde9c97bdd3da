"""What a caller would send to be taken for something else in the audit trail."""

PIECES = [
    b"'", b'"', b" ", b"  ", b"=", b",", b"\\", b"\\'", b"\n", b"\r", b"\t", b"\x01", b"\x1b[2K", b"\x1c", b"\x1d",
    b"\x1e", b"\x7f", b"\xff", b"\xc3", b"\xed\xa0\x80", "é".encode(), "\u202e".encode(), "\u2028".encode(),
    b"res=success", b" res=success'", b"res=failed", b"success=yes", b"op=keyhole:end", b"op=keyhole:decision",
    b"verdict=allowed", b"call=0000000000000000", b'acct="root"', b"uid=0", b"auid=0", b"hostname=evil",
    b"addr=6.6.6.6", b'exe="/bin/evil"', b"terminal=pts9", b"cmd=6964", b"key=evil", b"msg='", b"'}", b"(null)", b"?",
    b"4142", b"DEADBEEF", b"seq=1", b"chain=00000000000000000000000000000000", b"type=USER_CMD msg=audit(1.000:1): ",
    b"\ntype=USER_CMD msg=audit(1.000:1): pid=1 uid=0 auid=0 ses=0 msg='op=keyhole:end res=success'\n", b"node=evil ",
    b'UID="evil"', b"echo ", b"%s%n", b"$(id)", b"a",
]
LONGEST = 4000

LINES = [
    b"", b" ", b"?", b"(null)", b"4142", b"echo 4142", b'echo "', b"echo '",
    b"echo 'a \" b'", b"echo a,res=success,uid=0",
    b"x,res=success,hostname=evil", b"echo 'x' res=success addr=6.6.6.6", b"echo a\nb", b"echo \x1dUID=evil",
    b"echo '\x01\x02\x1b[2K\x7f'", b"echo \xff\xfe", b"echo \xc3", "echo 'ünïcode \u202e'".encode(),
    b"echo a' res=success op=keyhole:end verdict=allowed '",
    b"echo 'type=USER_CMD msg=audit(1.000:1): pid=1 res=success'",
    b"echo a\ntype=USER_CMD msg=audit(1.000:1): pid=1 uid=0 auid=0 ses=0 msg='op=keyhole:end res=success'\n",
    # An argument of 4,000 bytes, each of which takes two in the record; allowed and run.
    b"echo '" + b"= \x22," * 998 + b"'",
    # Longer lines are refused, and cut in the record.
    b"echo '" + b"res=success " * 600 + b"'", b"\xff" * 8000, b"'" * 4001,
]
# The C functions of auparse see such a value to its NUL, and no further.
WITH_NUL = [b"echo a\0b", b"\0", b"echo 'a'\0 res=success"]

TARGETS = [b"res=success", b"a' res=success '", b"\xff\n\x1d", b"x" * 255, b'" op=keyhole:end']
USERS = [b"diag' res=success", b"root", b"\xff\n", b"diag+", b"diag res=success acct=\"root\"", b"x" * 255]
NAMES = [
    b"plain", b"a b", b"new\nline", b"res=success", b"a' res=success 'b", b'"quoted"', b"\xff\xfe", b"\x01\x1d\x7f",
    b"4142",
    b"\\012", "é\u202e".encode(), b"n" * 255, b"type=USER_CMD msg=audit(1.000:1): pid=1",
]


def random_line(random):
    """Pieces in a row; never longer than a line may be."""
    line = b"".join(random.choice(PIECES) for _ in range(random.randrange(1, 12)))
    if random.random() < 0.3:
        line = b"echo '" + line.replace(b"'", b"") + b"'"
    return line[:LONGEST]
