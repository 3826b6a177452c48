"""What a person can repair: raised as issues, ended when their cause has ended."""
