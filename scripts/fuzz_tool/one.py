"""Fuzzes one target in a process of its own: libFuzzer ends the process it runs in."""

import sys

import atheris


def main() -> None:
    """Take the name of a target, then what libFuzzer takes."""
    name = sys.argv.pop(1)
    with atheris.instrument_imports(include=["custom_components.panelsync.client"]):
        from tests.fuzzing.targets import TARGETS
    atheris.Setup(sys.argv, TARGETS[name].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
