"""What the client tests stand on: the real server, scripted peers, exact readers."""
