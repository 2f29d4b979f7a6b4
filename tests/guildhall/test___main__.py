import gc
import runpy


def test_a_start_looks_for_no_garbage_among_what_it_imports_and_for_all_other_afterwards() -> None:
    gc.unfreeze()
    try:
        started = runpy.run_module("guildhall.__main__", run_name="as_a_module")
        assert callable(started["main"])
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.enable()
