"""Files of specs: found, brought to the current version, and merged with what they bring in."""
