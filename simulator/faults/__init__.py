"""What goes wrong with an answer of the service: instead of it, with it, or on its way. No part of the real service."""
