"""A terminal that a test holds: a program runs on it, and the test sees its screen as a person would."""
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from support import LIMIT_SECONDS

SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Screen:
    """What a terminal shows: the sequences that Sterlet writes, and no others."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.other = None  # The main screen, while the alternate one is shown.
        self.clear()

    def clear(self):
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self.row = self.column = 0

    def feed(self, text):
        """Takes the text in; gives back what may be the beginning of a sequence."""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = SEQUENCE.match(text, at)
                if not found:
                    if len(text) - at < 12:
                        return text[at:]
                    raise AssertionError(f"a sequence that is not known: {text[at:at + 12]!r}")
                self.obey(*found.groups())
                at = found.end()
                continue
            self.put(text[at])
            at += 1
        return ""

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.line_feed()
        elif character >= " ":
            if self.column == self.columns:
                self.column = 0
                self.line_feed()
            self.cells[self.row][self.column] = character
            self.column += 1

    def line_feed(self):
        if self.row + 1 < self.rows:
            self.row += 1
        else:
            self.cells = self.cells[1:] + [[" "] * self.columns]

    def obey(self, private, numbers, letter):
        first = int(numbers.split(";")[0] or 0) if numbers.strip(";") else 0
        if private and numbers == "1049":
            if letter == "h":
                self.other = (self.cells, self.row, self.column)
                self.clear()
            else:
                self.cells, self.row, self.column = self.other
        elif private or letter == "m":
            pass
        elif letter == "A":
            self.row = max(0, self.row - max(1, first))
        elif letter == "H":
            self.row = self.column = 0
        elif letter == "K":
            self.cells[self.row][self.column:] = [" "] * (self.columns - self.column)
        elif letter == "J":
            self.cells[self.row][self.column:] = [" "] * (self.columns - self.column)
            for row in range(self.row + 1, self.rows):
                self.cells[row] = [" "] * self.columns
        else:
            raise AssertionError(f"a sequence that is not known: {private}{numbers}{letter}")

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def text(self):
        return "\n".join(self.lines()).rstrip()


class Terminal:
    """A program on a terminal of that size."""

    def __init__(self, arguments, folder, environment, columns=80, rows=24):
        self.screen = Screen(columns, rows)
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest, self.bytes = "", 0
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.chdir(folder)
                os.execvpe(arguments[0], arguments, environment)
            finally:
                os._exit(127)

    def read(self, seconds=0.05):
        """Takes in what is printed; false once the program has closed the terminal."""
        if not select.select([self.end], [], [], seconds)[0]:
            return True
        try:
            got = os.read(self.end, 65536)
        except OSError:
            return False
        self.bytes += len(got)
        self.rest = self.screen.feed(self.rest + self.decoder.decode(got))
        return bool(got)

    def wait_for(self, is_there):
        """Reads until `is_there` (a function of the screen's text, or a regular expression) holds, then what is there of
        the same picture still: a terminal hands a picture over in pieces."""
        check = is_there if callable(is_there) else re.compile(is_there, re.M).search
        deadline = time.monotonic() + LIMIT_SECONDS
        while not check(self.screen.text()):
            goes_on = self.read()
            if check(self.screen.text()):
                break
            if not goes_on or time.monotonic() > deadline:
                raise AssertionError(f"it never came: {is_there}; the screen:\n{self.screen.text()}")
        while select.select([self.end], [], [], 0.1)[0] and self.read(0) and time.monotonic() < deadline:
            pass
        return self.screen.text()

    def type(self, keys):
        os.write(self.end, keys.encode())

    def wait(self):
        """The exit code, once all that was printed is taken in."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < deadline:
            goes_on = self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while goes_on and select.select([self.end], [], [], 0)[0]:
                    goes_on = self.read(0)
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"it never ended; the screen:\n{self.screen.text()}")

    def close(self):
        os.close(self.end)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
