"""The AlarmDecoder AD2 adapter."""
