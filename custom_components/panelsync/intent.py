"""Where Home Assistant looks for the intents of an integration."""

from .voice.intents import async_setup_intents

__all__ = ["async_setup_intents"]
