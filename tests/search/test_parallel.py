"""Two pieces of a search at once: both results, whoever does them, and nobody's error is lost."""

import os
import threading

import pytest

from search.parallel import HELPERS, both


def test_both_results_and_the_other_is_done_here():
    here = threading.get_ident()
    assert both(lambda: 1, threading.get_ident) == (1, here)


def test_done_here_when_no_helper_is_free():
    held, go_on = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        held.release()
        go_on.wait()

    asking = [threading.Thread(target=both, args=(hold, go_on.wait)) for _ in range(HELPERS)]
    for thread in asking:
        thread.start()
    try:
        for _ in asking:
            held.acquire()
        here = threading.get_ident()
        assert both(threading.get_ident, lambda: 2) == (here, 2)
    finally:
        go_on.set()
        for thread in asking:
            thread.join()


@pytest.mark.parametrize("place", [0, 1])
def test_an_error_of_either_is_raised(place):
    def broken() -> None:
        raise ValueError("broken")

    pieces = [lambda: None, lambda: None]
    pieces[place] = broken
    with pytest.raises(ValueError, match="broken"):
        both(*pieces)


def test_a_forked_child_has_helpers_of_its_own():
    both(lambda: 1, lambda: 2)
    child = os.fork()
    if child == 0:
        done = both(threading.get_ident, lambda: 2)[1] == 2
        os._exit(0 if done else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
