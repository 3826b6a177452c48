"""The RS-232 automation port of the VISTA-128 and 250."""
