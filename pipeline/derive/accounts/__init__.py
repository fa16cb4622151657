"""Accounts: the operations that each kind of account has anyway, their bodies and programs."""
