# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line share. Nothing in this folder is a test by itself."""
