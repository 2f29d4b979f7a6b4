"""What the house answers by itself: entries with many phrasings, and the matcher that finds the right one, or none."""
