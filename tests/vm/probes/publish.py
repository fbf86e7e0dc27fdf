"""One MQTT 5 message to the broker on the host, confirmed; or what came in its way."""

import json
import os
import socket
import sys
import time

import paho.mqtt.publish as publish
from paho.mqtt.client import MQTTv5

HOST, PORT, TEXT = "broker.test", int(os.environ["BROKER_PORT"]), os.environ["TEXT"]

began_s = time.monotonic()
try:
    socket.create_connection((HOST, PORT), timeout=8).close()
    publish.single("street/lamp", json.dumps({"text": TEXT}), qos=1, hostname=HOST, port=PORT, protocol=MQTTv5)
    outcome = "published"
except OSError as error:
    outcome = type(error).__name__
json.dump({"outcome": outcome, "took_s": time.monotonic() - began_s}, sys.stdout)
