"""Local links to a panel: they listen, and can write nothing but read-only queries.

Everything these links can send stands in `commands.py`.
"""
