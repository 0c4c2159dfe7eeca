"""The package holds a library for one platform, which its wheel's name says."""

from setuptools import setup
from setuptools.dist import Distribution


class OfPlatform(Distribution):
    def has_ext_modules(self):
        return True


setup(distclass=OfPlatform)
