"""The process: wiring, control thread, supervision, control socket, systemd."""
