"""What reads the account, its locations and the local panels."""
