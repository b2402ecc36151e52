"""The engines that cnnc is measured beside: a file each, with a class `Engine` (engine.py says what it has)."""
