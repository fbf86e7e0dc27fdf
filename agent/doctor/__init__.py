"""What the command ``doctor`` looks at: the installation, one small file a field, each a function from what is there to lines."""
