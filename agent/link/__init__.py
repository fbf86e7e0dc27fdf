"""MQTT: topics, messages on the wire, commands, the client."""
