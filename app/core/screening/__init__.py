"""Screening of free text for what may identify a child, a family or anybody else."""
