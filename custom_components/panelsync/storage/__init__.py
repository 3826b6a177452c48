"""What PanelSync keeps across restarts."""
