"""The driver protocol over stdin and stdout: one JSON object a line, one answer each. What every Python driver shares."""
import json
import os
import platform
import sys
from importlib.metadata import version

BLOCK = 64 * 1024


class Unsupported(Exception):
    """The SDK has no such call; the text says why."""


def serve(name, sdk, package, operations, masters, signatures):
    """Answers requests until stdin ends. `operations`: name -> function of the request that returns a dict."""
    # Only answers may stand on stdout, whatever an SDK prints.
    answers, sys.stdout = sys.stdout, sys.stderr
    hello = {
        'name': name, 'sdk': sdk, 'version': version(package), 'runtime': 'Python ' + platform.python_version(),
        'ops': sorted(operations), 'masters': masters, 'signatures': signatures,
    }
    for line in sys.stdin:
        request = json.loads(line)
        answer = {'id': request['id']}
        try:
            op = request['op']
            if op == 'hello':
                answer.update(hello)
            elif op not in operations:
                raise Unsupported('no such call in this SDK')
            else:
                answer.update(operations[op](request) or {})
            answer['ok'] = True
        except Unsupported as error:
            answer.update(ok=False, unsupported=True, error=str(error))
        except Exception as error:  # every failure of an SDK is an answer
            answer.update(ok=False, error='%s: %s' % (type(error).__name__, ' '.join(str(error).split())[:400]))
        answers.write(json.dumps(answer) + '\n')
        answers.flush()


def master_of(request):
    return request.get('master')


def others_of(request):
    return request.get('others') or []


def parts_of(request):
    """(number, offset, length) of each part, in the order they are to be sent."""
    size, part_size = os.path.getsize(request['file']), request['partSize']
    count = max(1, -(-size // part_size))
    for number in request.get('order') or range(1, count + 1):
        offset = (number - 1) * part_size
        yield number, offset, min(part_size, size - offset)


def read_part(path, offset, length):
    with open(path, 'rb') as file:
        file.seek(offset)
        return file.read(length)


def save(reader, path):
    """Writes what `reader.read(n)` gives."""
    with open(path, 'wb') as file:
        while True:
            block = reader.read(BLOCK)
            if not block:
                return
            file.write(block)


def header_dict(headers):
    return {name.lower(): value for name, value in headers.items()}
