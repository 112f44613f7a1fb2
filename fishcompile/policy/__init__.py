"""What a project does with findings: selects, ignores and accepts them. Start at apply.py."""
