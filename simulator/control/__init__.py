"""The control interface: plays the panel's side, sets what goes wrong, shows the truth. No part of the real service."""
