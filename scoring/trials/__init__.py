"""Tests judged by what they would catch: each is played against the service that a brief describes.

The service is played as the brief wants it, and then with one thing about it changed (`changes`):
a rule dropped or turned round, an answer that holds other values. A test that passes in the first
and fails in the second would catch the change. Nothing of the project is run: its tests are
followed by an interpreter (`expressions`, `statements`) that knows the usual libraries of tests.
"""
