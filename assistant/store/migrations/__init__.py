"""Changes of the tables since the first release, in order. Not imported unless a database is older: see upgrade.py."""
