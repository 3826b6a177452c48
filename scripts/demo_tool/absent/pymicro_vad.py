"""Stands where Home Assistant's voice detector would be; see docs/dependencies.md."""


class MicroVad:
    """The demo has no microphone, and building the real one needs a compiler."""

    def __init__(self, *_: object) -> None:
        """Refuse to work."""
        raise RuntimeError("The demo's Home Assistant has no audio.")
