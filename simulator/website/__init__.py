"""What a browser saves while a person uses the vendor's website. Invented, but for the names of the reference."""
