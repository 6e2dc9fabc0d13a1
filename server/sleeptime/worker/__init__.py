"""Process 2: the daemon that owns the model, sleeps, and is the only writer; `python -m sleeptime worker`."""
