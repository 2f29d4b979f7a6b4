"""Pure decisions of gigs: each takes a document as it is and gives the one to write."""
