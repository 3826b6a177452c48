"""What goes wrong when somebody plays with a world. Stand-in only."""


class UnknownThing(LookupError):
    """A verb named something that is not there."""
