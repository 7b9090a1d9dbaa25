"""What a person does with the program, done in a real window with real clicks and keys."""
