"""Pictures of a preview, drawn with matplotlib (the extra ``plot``): one night at a glance, or many as a calendar."""
