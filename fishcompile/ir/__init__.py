"""The intermediate representation: a frozen graph of primitive ops that prints and parses."""
