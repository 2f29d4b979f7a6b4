"""What crosses the wire, both ways. Nothing a candidate gets is made of a class that holds a key."""
