"""Files kept with a record: checked by content, stored under names of our own, given out as downloads only."""
