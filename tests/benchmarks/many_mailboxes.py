"""A Google with many mailboxes, each answered as fast as its person's quota allows. Run as a process of its own.

`python -m tests.benchmarks.many_mailboxes PEOPLE MAILS SECONDS_A_UNIT` prints one line of JSON: `url` and `key`.
"""

import json
import sys
from datetime import timedelta

from tests.servers.google.server import LocalGoogle


def main() -> None:
    """Serve until stdin closes."""
    people, mails, seconds_a_unit = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    server = LocalGoogle(seconds_a_unit=seconds_a_unit)
    for number in range(people):
        address = f"rep{number:03}@seller.example"
        box, _ = server.hire(address)
        for mail in range(mails):
            at = server.now - timedelta(minutes=mail + 1)
            box.take_in(at, {"INBOX"}, From=f"buyer{mail % 40}@buyer.example", To=address, Subject=f"Terms {mail}")
    with server.serving() as url:
        print(json.dumps({"url": url, "key": server.login.key_file(f"{url}/token")}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
