"""All that touches /dev, /sys, GPIO and I2C."""
