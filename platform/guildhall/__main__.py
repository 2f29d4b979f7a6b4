"""`python -m guildhall`: `guildhall.command`, imported without looking for garbage.

Nothing that is imported ever goes, so looking through it again and again while there is more and more of it, a fifth of
what a start took, finds nothing; nor has any later look to go through it.
"""

import gc
import sys

gc.disable()

from guildhall.command import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(main())
