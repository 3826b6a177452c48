"""The steps of the config flow."""
