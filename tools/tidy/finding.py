"""What a check says: where, what, and what to do instead."""

import dataclasses


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    file: str
    line: int
    words: str
    fails: bool = True  # False: worth a thought, but no reason to stop

    def __str__(self):
        return f"{self.file}:{self.line}: {'' if self.fails else 'note: '}{self.words}"
