"""What an evaluation found, for people: a table on the terminal, a page to open in a browser."""
