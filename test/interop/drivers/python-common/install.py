"""Makes a virtual environment with exactly what requirements.txt pins: install.py <folder> <requirements.txt>. Quick when it is there."""
import hashlib
import os
import subprocess
import sys
import venv

folder, requirements = sys.argv[1:]
with open(requirements, 'rb') as file:
    wanted = hashlib.sha256(file.read() + sys.version.encode()).hexdigest()
stamp = os.path.join(folder, 'installed')
try:
    with open(stamp) as file:
        there = file.read()
except OSError:
    there = ''
if there != wanted:
    venv.create(folder, with_pip=True, clear=True)
    python = os.path.join(folder, 'Scripts' if os.name == 'nt' else 'bin', 'python')
    # Everything that is needed is listed: nothing may come in unpinned.
    subprocess.check_call([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--requirement', requirements])
    with open(stamp, 'w') as file:
        file.write(wanted)
