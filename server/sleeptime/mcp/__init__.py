"""The same answers for agents, over the Model Context Protocol. Imports nothing heavy by itself: see `server.py`."""
