"""What clients/behaviours.mjs writes with --log: two servers are the same to a client if its logs are."""
import json

WHAT = ('heard', 'packets')


def read(path):
    """One dict for each of its sockets; a line may hold what Python takes for the end of one."""
    return [json.loads(line) for line in path.read_text().rstrip('\n').split('\n')]


def compare(ours, theirs, what=WHAT):
    assert len(ours) == len(theirs) > 20, (len(ours), len(theirs))
    for mine, other in zip(ours, theirs):
        for key in what:
            more = [line for line in mine[key] if mine[key].count(line) > other[key].count(line)]
            less = [line for line in other[key] if other[key].count(line) > mine[key].count(line)]
            assert not more and not less, \
                f'{mine["list"]}, {mine["name"]}: {key}: only here {more[:3]}, only there {less[:3]}'
