"""Stands where Home Assistant's noise filter would be; see docs/dependencies.md."""


class AudioProcessor:
    """The demo has no microphone, and building the real one needs a compiler."""

    def __init__(self, *_: object) -> None:
        """Refuse to work."""
        raise RuntimeError("The demo's Home Assistant has no audio.")
