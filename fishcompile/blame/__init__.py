"""From a fault in the expanded graph back to the line of the spec that caused it."""
