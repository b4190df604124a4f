"""The files of a checkout: those that git tracks or would track, as text.

Checks get a SourceTree and never open a file themselves, so that their tests
hand them a dict.
"""

import pathlib
import subprocess

BINARY_SUFFIXES = {".png", ".ico", ".gz", ".zst", ".db", ".bin", ".pem", ".woff2"}


class SourceTree:
    def __init__(self, texts):
        self.texts = dict(sorted(texts.items()))

    def files(self, *suffixes, under=""):
        """Paths below `under` that end in one of the suffixes (all, if none)."""
        return [path for path in self.texts if path.startswith(under) and (not suffixes or path.endswith(suffixes))]

    def text(self, path):
        return self.texts[path]

    def has(self, path):
        return path in self.texts


def read_checkout(root):
    root = pathlib.Path(root)
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    texts = {}
    for path in listed:
        file = root / path
        if path and file.suffix not in BINARY_SUFFIXES and file.is_file():
            texts[path] = file.read_text(encoding="utf-8", errors="replace")
    return SourceTree(texts)
