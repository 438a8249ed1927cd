"""A model that sees the labels of a dataset through an error model, until its measured quality meets a profile."""

from .model import GroundTruth, read_ground_truth
from .profile import PROFILES, Profile, read_profile

__all__ = ["PROFILES", "GroundTruth", "Profile", "read_ground_truth", "read_profile"]
