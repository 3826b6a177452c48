"""The panel as an AlarmDecoder AD2 on its keypad bus shows it. Simulated."""
