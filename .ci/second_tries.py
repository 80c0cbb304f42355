"""Tells which tests failed, and runs each of them once more, alone.

Tests of whole processes, browsers and load balancers share a machine with all the others: one that fails there and not alone is a weak test, which
is named here to be mended, and no fault of the change. More than a few failures are no such thing: then nothing is tried again.

Usage: second_tries.py RESULTS [COMMAND ...], where COMMAND comes before each run. Exit code 0 when every second try passed; the last line of the
output is the number of those that did.
"""

import glob
import os
import subprocess
import sys
import xml.etree.ElementTree as xml

NAMESPACE = {"t": "http://microsoft.com/schemas/VisualStudio/TeamTest/2010"}
MOST = 3
SECONDS = 900


def failures(folder):
    """Project, method and message of each failed test."""
    for report in sorted(glob.glob(os.path.join(folder, "*.trx"))):
        tree = xml.parse(report)
        methods = {test.get("id"): test.find("t:TestMethod", NAMESPACE) for test in tree.iterfind(".//t:UnitTest", NAMESPACE)}
        for result in tree.iterfind(".//t:UnitTestResult[@outcome='Failed']", NAMESPACE):
            method = methods[result.get("testId")]
            # The class may stand before the name of the method, and the values of a theory after it.
            name = method.get("name").split("(")[0].rsplit(".", 1)[-1]
            project = os.path.basename(report).split("_net")[0]
            yield project, f"{method.get('className').split(',')[0]}.{name}", result.findtext(".//t:Message", "", NAMESPACE)


def passes(project, method, prefix):
    """Whether the test passes alone."""
    command = [*prefix, "dotnet", "run", "--no-build", "-c", "Release", "--project", f"tests/{project}", "--", "-method", method]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print(f"    no end in {SECONDS} s", flush=True)
        return False
    # A name that matches nothing would pass as well.
    if run.returncode == 0 and "Total: 0" not in run.stdout:
        return True
    print("    " + "\n    ".join(run.stdout[-3000:].splitlines()), flush=True)
    return False


def main(folder, *prefix):
    found = list(failures(folder))
    for _, method, message in found:
        print(f"{method}\n    " + "\n    ".join(message[:2000].splitlines()), flush=True)
    again = list(dict.fromkeys((project, method) for project, method, _ in found))
    good = 0
    if len(again) <= MOST:
        for project, method in again:
            print(f"Once more, alone: {method}", flush=True)
            if passes(project, method, prefix):
                print("    passed: A WEAK TEST", flush=True)
                good += sum((project, method) == (p, m) for p, m, _ in found)
    print(good)
    return 0 if good == len(found) > 0 else 1


sys.exit(main(*sys.argv[1:]))
