"""Layered layout: ranks, an order within them, coordinates, wires."""
