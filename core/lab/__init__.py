"""What runs in the lab process: the standard library only, any CPython from 3.10 on."""
