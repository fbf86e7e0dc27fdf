"""The MQTT contract as AsyncAPI 3: made of the types of the messages, the topics and the words of the core."""
