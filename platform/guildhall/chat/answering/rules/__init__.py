"""Pure decisions of answering: what is asked, what is said to it, what may leave this server, what may come back."""
