"""The dashboard that Home Assistant lists, run in Node."""
