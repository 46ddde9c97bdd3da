"""Prints one line about a JUnit file: summary.py FILE KERNEL STATUS."""

import sys
import xml.etree.ElementTree


def main(path, kernel, status):
    try:
        suite = xml.etree.ElementTree.parse(path).getroot().find("testsuite").attrib
    except (xml.etree.ElementTree.ParseError, AttributeError):
        print(f"guest: no results; pytest ended with {status} under Linux {kernel}")
        return
    numbers = {name: int(suite[name]) for name in ("tests", "failures", "errors", "skipped")}
    passed = numbers["tests"] - numbers["failures"] - numbers["errors"] - numbers["skipped"]
    rest = "".join(f", {numbers[name]} {name}" for name in ("failures", "errors", "skipped") if numbers[name])
    print(f"guest: {passed} of {numbers['tests']} tests passed{rest} under Linux {kernel} in {float(suite['time']):.0f} s")


main(*sys.argv[1:])
