#!/usr/bin/env python3
"""Tells a running baresip what to do, through its module ctrl_tcp (netstrings of JSON).

usage: control.py ADDRESS PORT SECONDS:COMMAND[:PARAMETER]…   each so long after the one before: 2:hold 0.3:sndcode:5
"""

import json
import socket
import sys
import time

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)
for word in sys.argv[3:]:
    seconds, command, *parameters = word.split(":")
    time.sleep(float(seconds))
    message = json.dumps({"command": command, "params": " ".join(parameters)})
    connection.sendall(f"{len(message)}:{message},".encode())
time.sleep(0.2)
