"""The simulated service, tested through its HTTP door by a plain client that knows the protocol."""
