"""The Merkle log of the trail: integrator, tiles, checkpoints, proofs, witnesses, verification."""
