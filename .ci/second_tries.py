"""Tells which tests failed, and runs each of them once more, alone.

Tests of whole processes, browsers and load balancers share a machine with all the others: one that fails there and not alone is a weak test, which
is named here to be mended, and no fault of the change. More than a few failures are no such thing: then nothing is tried again. A test that is cut off
by its time-out takes the report of its whole project with it: then the project runs once more, and its new report counts.

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


def reports(folder):
    """Project, path and content of each report."""
    for path in sorted(glob.glob(os.path.join(folder, "*.trx"))):
        yield os.path.basename(path).split("_net")[0], path, xml.parse(path)


def failures(folder):
    """Project, method and message of each failed test."""
    for project, _, tree in reports(folder):
        methods = {test.get("id"): test.find("t:TestMethod", NAMESPACE) for test in tree.iterfind(".//t:UnitTest", NAMESPACE)}
        for result in tree.iterfind(".//t:UnitTestResult[@outcome='Failed']", NAMESPACE):
            method = methods[result.get("testId")]
            # The class may stand before the name of the method, and the values of a theory after it.
            name = method.get("name").split("(")[0].rsplit(".", 1)[-1]
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


def run_cut_off(folder, prefix):
    """Runs the projects again whose reports tell of no test. Returns whether they were few, and whether there were any."""
    cut_off = [(project, path) for project, path, tree in reports(folder) if tree.find(".//t:Counters", NAMESPACE).get("total") == "0"]
    for project, path in cut_off[:MOST]:
        print(f"Once more, alone: {project}, a test of which was cut off", flush=True)
        os.remove(path)
        command = [*prefix, "dotnet", "test", "--no-build", "-c", "Release", "--project", f"tests/{project}", "--report-trx", "--results-directory", folder]
        subprocess.run(command, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
    return len(cut_off) <= MOST, len(cut_off) > 0


def main(folder, *prefix):
    few, again_whole = run_cut_off(folder, prefix)
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
    return 0 if few and good == len(found) and (found or again_whole) else 1


sys.exit(main(*sys.argv[1:]))
